import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { ClientGuide } from '#server/connect/guide.ts';
import { clientGuides } from '#server/connect/guides.ts';
import { createBrowserStub } from './browser-stub.ts';
import type { TriedClient } from './clients.ts';
import { type Driven, startDriven } from './driven.ts';
import type { Access } from './installation.ts';
import { splitShellWords } from './shell-words.ts';
import { cleanEnvironment, type RunOptions, runProgram } from './subprocess.ts';

export const NAME = 'interop';
/** Wide limits: a client is judged by what it does, and not by how busy this computer is. */
const CONNECT_MS_MAX = 180_000;
const SIGN_IN_MS_MAX = 240_000;

/** An endpoint as a client meets it. */
export type Met = { url: string; token: string | null; access: Access };
type Allow = (link: string) => void;

const guideFor = (client: TriedClient, met: Met): ClientGuide => {
  const guide = clientGuides({ name: NAME, ...met }).find(({ key }) => key === client.guide);
  if (!guide) throw new Error(`No instructions for ${client.guide}.`);
  return guide;
};

/** Reads the message out of what a program printed. */
const reasonIn = (text: string): string => {
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => !/^warning\b/i.test(line));
  const telling = lines.filter((line) => /error|fail|✗|✘|unauthorized|denied|refus|disconnected|not /i.test(line));
  return (telling.at(0) ?? lines.filter(Boolean).at(-1) ?? 'It printed nothing.').slice(0, 300);
};

/** Runs the instructions of Catwalk once: null if the client lists the tools, else the reason that the client gives. */
export async function tryOnce(client: TriedClient, folder: string, met: Met, allow: Allow): Promise<string | null> {
  const { how } = client;
  if (how.kind === 'program') return tryProgram(client, how, folder, met, allow);
  const isDefault = how.kind === 'library' && (how.mode === undefined || how.mode === 'legacy');
  if (isDefault && met.access !== 'OAUTH') return runSnippet(client, folder, met);
  const driven = await startFor(client, folder, met, allow);
  try {
    const connected = await driven.step('connect', connectOptions(client, met), SIGN_IN_MS_MAX);
    if (!connected.ok) return connected.error;
    const listed = await driven.step('list', {}, CONNECT_MS_MAX);
    await driven.step('close', {}, CONNECT_MS_MAX);
    if (!listed.ok) return listed.error;
    return JSON.stringify(listed.value).includes('echo') ? null : `It lists ${JSON.stringify(listed.value)}.`;
  } finally {
    driven.end();
  }
}

export const connectOptions = ({ how }: TriedClient, { url, token, access }: Met): object => ({
  url,
  token: access === 'TOKEN' ? token : null,
  oauth: access === 'OAUTH',
  ...(how.kind === 'library' && how.mode !== undefined ? { mode: how.mode } : {}),
});

/** Starts the driver of a library, or of a bridge with the settings that Catwalk gives for it. */
export async function startFor(client: TriedClient, folder: string, met: Met, allow: Allow): Promise<Driven> {
  const { how } = client;
  if (how.kind === 'program') throw new Error('A program is not driven.');
  if (how.kind === 'library') return startDriven(folder, how.driver, allow);
  await writeFile(path.join(folder, 'command.json'), JSON.stringify(bridgeSettings(guideFor(client, met))));
  return startDriven(folder, 'bridge.mjs', allow);
}

function bridgeSettings({ snippets }: ClientGuide): object {
  const settings = snippets.find(({ language }) => language === 'json');
  if (settings) return Object.values<object>(JSON.parse(settings.code).mcpServers)[0] ?? {};
  const [command, ...args] = splitShellWords(snippets.find(({ language }) => language === 'sh')?.code ?? '');
  return { command, args, env: {} };
}

async function runSnippet(client: TriedClient, folder: string, met: Met): Promise<string | null> {
  const code = guideFor(client, met).snippets.find(({ language }) => language === 'ts')?.code ?? '';
  await writeFile(path.join(folder, 'snippet.mjs'), code);
  const options = { cwd: folder, env: cleanEnvironment(folder), limitMs: CONNECT_MS_MAX };
  const { code: exit, text, timedOut } = await runProgram([process.execPath, 'snippet.mjs'], options);
  if (exit === 0 && text.includes('echo')) return null;
  return timedOut ? `It did not end within ${CONNECT_MS_MAX / 1_000} s.` : reasonIn(text);
}

type ProgramHow = Extract<TriedClient['how'], { kind: 'program' }>;

async function tryProgram(
  client: TriedClient,
  how: ProgramHow,
  folder: string,
  met: Met,
  allow: Allow,
): Promise<string | null> {
  const home = path.join(folder, 'home');
  await rm(home, { recursive: true, force: true });
  await mkdir(path.join(home, 'project'), { recursive: true });
  const bin = path.join(folder, 'node_modules/.bin');
  // a client that signs in prints the link, or opens it in the browser of the person
  let opened = false;
  const onText = (text: string): void => {
    const link = /https?:\/\/[^\s"'│]+\/authorize\?[^\s"'│]+/.exec(stripVTControlCharacters(text))?.[0];
    if (!link || opened || met.access !== 'OAUTH') return;
    opened = true;
    allow(link);
  };
  await using browser = await createBrowserStub(home, onText);
  const env = { ...cleanEnvironment(home, how.variables), ...browser.variables };
  const options = {
    cwd: path.join(home, 'project'),
    env: { ...env, PATH: `${browser.folder}:${bin}:${process.env['PATH']}` },
    limitMs: CONNECT_MS_MAX,
  };
  const [snippet] = guideFor(client, met).snippets;
  if (!snippet) throw new Error(`No snippet for ${client.guide}.`);
  if (snippet.language === 'sh') {
    // the command as a person pastes it; npx finds the installed version in the folder
    const cwd = how.check.length === 0 ? folder : options.cwd;
    const added = await runProgram(['sh', '-c', snippet.code], { ...options, cwd, limitMs: SIGN_IN_MS_MAX, onText });
    if (how.check.length === 0) return how.isConnected.test(added.text) ? null : reasonIn(added.text);
    if (added.code !== 0) return `Its command fails: ${reasonIn(added.text)}`;
  } else {
    const file = path.join(home, how.settings ?? '');
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, snippet.code);
  }
  if (met.access === 'OAUTH' && how.signIn && !opened) {
    const signedIn = await runProgram(how.signIn, { ...options, limitMs: SIGN_IN_MS_MAX, onText });
    if (signedIn.code !== 0) return `Its sign-in fails: ${reasonIn(signedIn.text)}`;
  }
  if (how.input) return talkTo(how, options);
  const checked = await runProgram(how.check, options);
  return how.isConnected.test(checked.text) ? null : reasonIn(checked.text);
}

/** A program that serves its own protocol on its streams and does not end by itself. */
async function talkTo(how: ProgramHow, options: RunOptions): Promise<string | null> {
  const quoted = (how.input ?? []).map((line) => `'${line.replaceAll("'", `'\\''`)}'`).join(' ');
  const seconds = Math.floor(CONNECT_MS_MAX / 1_000) - 10;
  let isConnected = false;
  const words = ['sh', '-c', `(printf '%s\\n' ${quoted}; sleep ${seconds}) | ${how.check.join(' ')}`];
  const stop = new AbortController();
  const { text } = await runProgram(words, {
    ...options,
    signal: stop.signal,
    onText: (said) => {
      if (isConnected || !how.isConnected.test(said)) return;
      isConnected = true;
      stop.abort();
    },
  });
  return isConnected ? null : reasonIn(text);
}
