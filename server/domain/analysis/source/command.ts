import { launchesInJson, launchOf } from './client-config.ts';
import { splitCommandLine } from './command-words.ts';
import type { Launch } from './launch.ts';
import { npmSource, pypiSource } from './name.ts';
import { refusal, shown } from './refusal.ts';
import { shellLaunch } from './shell-launch.ts';
import type { Source } from './source.ts';
import { targetOf } from './target.ts';

/** The meaning of a command line: a package to look at, or ways to start servers. */
export type CommandMeaning = { source: Source } | { launches: Launch[] };

const PROGRAM =
  '(?:npx|bunx|pnpx|uvx|uv|pipx|pip3?|pnpm|yarn|bun|npm|docker|podman|nerdctl|node|deno|python3?|cmd|env|cross-env|wsl|sh|bash|claude|codex|gemini|code|cursor|amp|opencode|qwen|droid)(?:\\.exe|\\.cmd)?';
/** The first character decides how a value is read: two ways to read one would double the work with each assignment. */
const ASSIGNMENT = `(?:[A-Za-z_]\\w{0,99}=(?:"[^"]*"|'[^']*'|[^\\s"']\\S*)?\\s+)`;
const STARTS = new RegExp(
  `^${ASSIGNMENT}*${PROGRAM}\\s+\\S|^[A-Z][A-Z0-9_]*=\\S*\\s+\\S|^(?:export\\s|set\\s|\\$env:)`,
);
/** `npm install -g name`, `pip install name`, `uv tool install name`: the package is meant. */
const INSTALL =
  /^(?:(npm|pnpm|yarn|bun)\s{1,99}(?:global\s{1,99})?(?:install|i|add)|(?:python3?\s{1,99}-m\s{1,99})?(?:pip3?|pipx|uv\s{1,99}pip|uv\s{1,99}tool)\s{1,99}install|uv\s{1,99}add)\s{1,99}(.+)$/;

/** Without the prompt of a shell, and without quotes or backticks around the whole line. */
function withoutPrompt(text: string): string {
  const [, mark = '', inside = ''] = /^([`"']{1,3})([\s\S]*)\1$/.exec(text) ?? [];
  const bare = mark !== '' && !inside.includes(mark) ? inside : text;
  return bare.trim().replace(/^(?:[$>%#]|PS>)\s+/, '');
}

/** The launches of a command; of `code --add-mcp '{…}'` only the JSON counts. */
function launchesInWords(text: string): Launch[] {
  const json = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  if (json.startsWith('{') && /--add-mcp|add-json/.test(text)) {
    const named = /\badd-json\s+([\w-]+)/.exec(text)?.[1] ?? null;
    return launchesInJson(json, { isNamedServer: true }).map(({ launch }) => ({
      ...launch,
      name: launch.name ?? named,
    }));
  }
  const launch = shellLaunch(text);
  return launch ? [launch] : [];
}

/** Understands a command line as people copy it from a README; null for other texts. @throws UserError INVALID_SOURCE. */
export function commandMeaning(pasted: string): CommandMeaning | null {
  const text = withoutPrompt(pasted)
    .replace(/[\\^`]\r?\n\s*/g, ' ')
    .trim();
  const lines = text.split('\n');
  const isOneCommand = lines.slice(0, -1).every((line) => /^\s*(?:export\s|set\s|\$env:)/.test(line));
  if (!isOneCommand || !STARTS.test(text)) return null;
  const install = INSTALL.exec(text);
  if (install) {
    const name = splitCommandLine(install[2] ?? '').find((word) => !word.startsWith('-'));
    if (!name) throw refusal(`The command “${shown(text)}” does not name a package.`);
    return { source: install[1] ? npmSource(name) : pypiSource(name) };
  }
  const launches = launchesInWords(text);
  const targets = launches.map(targetOf);
  if (launches.length === 0 || targets.every((target) => target === null))
    throw refusal(`The command “${shown(text)}” does not name a package.`);
  if (targets.every((target) => target?.kind === 'local')) {
    throw refusal(
      `The command “${shown(text)}” starts a program on your own computer.`,
      'Paste the repository or package that the program comes from. While Catwalk runs on your own computer, its folder works too.',
    );
  }
  return { launches };
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
};

/** The “add to …” links of READMEs: `vscode:mcp/install?{…}`, `cursor://…/mcp/install?name=…&config=base64`. */
export function launchesInLink(text: string): Launch[] | null {
  const vscode = /^vscode(?:-insiders)?:(?:\/\/)?mcp\/install\?(.+)$/s.exec(text);
  if (vscode?.[1]) return launchesInJson(decoded(vscode[1]), { isNamedServer: true }).map(({ launch }) => launch);
  if (!/^cursor:\/\/[^?]*\/mcp\/install\?/.test(text) || !URL.canParse(text)) return null;
  const { searchParams } = new URL(text);
  const config = Buffer.from(searchParams.get('config') ?? '', 'base64').toString('utf8');
  return launchesInJson(config, { isNamedServer: true }).flatMap(({ launch }) => {
    const name = searchParams.get('name');
    if (launch.url) return { ...launch, name };
    // Cursor writes the whole command line in one word
    const [command = '', ...more] = splitCommandLine(launch.command ?? '');
    return launchOf(name, { command, args: [...more, ...launch.args], env: launch.env }) ?? [];
  });
}
