import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { costOf, type Folders, startBoxed } from './boxed.ts';
import { converse } from './conversation.ts';

const ANSWER_MS_MAX = 20_000;
const LIST_MS_MAX = 8_000;
const END_MS_MAX = 4_000;
const LEGACY = '2025-11-25';
const MODERN = '2026-07-28';
const CLIENT = { name: 'observer', version: '1.0.0' };
const META = 'io.modelcontextprotocol/';

export type Observed = {
  /** `answers`, `refuses` (an error to `initialize`), `exits`, or `hangs` (no answer within the limit). */
  start: 'answers' | 'refuses' | 'exits' | 'hangs';
  exitCode: number | null;
  /** The line that says why it does not serve, and the stream it is on. */
  reason: { stream: 'stdout' | 'stderr' | 'answer'; text: string } | null;
  /** Lines before the answer to `initialize`. */
  before: { stdout: number; stderr: number };
  revision: string | null;
  modern: boolean | null;
  capabilities: string[];
  /** Capabilities that it declares and whose list it does not give. */
  unimplemented: string[];
  tools: number | null;
  /** True if a request with a text as its id gets an answer with the same id. */
  textIds: boolean | null;
  endsWithInput: boolean | null;
  cost: { seconds: number; megabytes: number; processes: number } | null;
};

const NOTHING: Omit<Observed, 'start'> = {
  exitCode: null,
  reason: null,
  before: { stdout: 0, stderr: 0 },
  revision: null,
  modern: null,
  capabilities: [],
  unimplemented: [],
  tools: null,
  textIds: null,
  endsWithInput: null,
  cost: null,
};

const initialized = z.looseObject({
  protocolVersion: z.string(),
  capabilities: z.record(z.string(), z.unknown()),
});
const discovered = z.looseObject({ supportedVersions: z.array(z.string()) });
const page = z.looseObject({ tools: z.array(z.unknown()), nextCursor: z.string().nullish() });

const LISTS: Record<string, string[]> = {
  tools: ['tools/list'],
  prompts: ['prompts/list'],
  resources: ['resources/list', 'resources/templates/list'],
};
const PAGES_MAX = 50;

const STACK = /^\s*at |^\s*[\]})]|^\s*\^|^Node\.js v|^\s*code: |^node:|^file:\/\//;
/** The line that a person would read: not a frame of a stack, and rather one that speaks of an error. */
const tellingLine = (lines: readonly string[]): string | null => {
  const said = lines.filter((line) => !STACK.test(line));
  return (
    said.find((line) => /error|require|missing|must|not set|fail|invalid|provide/i.test(line)) ?? said.at(-1) ?? null
  );
};

/** Starts the server, opens a session of the legacy era, reads its lists, and closes its input. */
export async function observe(folders: Folders, words: string[], variables: Record<string, string>): Promise<Observed> {
  const server = startBoxed(folders, words, variables);
  const talk = converse(server);
  try {
    const hello = { protocolVersion: LEGACY, capabilities: {}, clientInfo: CLIENT };
    const answer = await talk.ask(0, 'initialize', hello, ANSWER_MS_MAX);
    const before = { stdout: talk.prose.length, stderr: talk.complaints.length };
    if (answer === null) {
      const [spoken, complained] = [tellingLine(talk.prose), tellingLine(talk.complaints)];
      const text = complained ?? spoken;
      const stream = complained === null ? ('stdout' as const) : ('stderr' as const);
      const ending = talk.ending();
      const reason = text === null ? null : { stream, text };
      return { ...NOTHING, start: ending ? 'exits' : 'hangs', exitCode: ending?.code ?? null, before, reason };
    }
    const cost = await costOf(server.pid ?? 0);
    const result = initialized.safeParse(answer.result);
    if (!result.success) {
      const reason = { stream: 'answer' as const, text: answer.error?.message ?? 'a result that is none' };
      return { ...NOTHING, start: 'refuses', before, reason, cost };
    }
    talk.notify('notifications/initialized');
    const { protocolVersion: revision, capabilities } = result.data;
    const names = Object.keys(capabilities).sort();
    const { tools, unimplemented } = await readLists(talk, names);
    const ping = await talk.ask('a text', 'ping', {}, LIST_MS_MAX);
    server.stdin.end();
    const ended = await Promise.race([talk.ended.then(() => true), wait(END_MS_MAX, false)]);
    return {
      ...NOTHING,
      start: 'answers',
      before,
      revision,
      capabilities: names,
      unimplemented,
      tools,
      textIds: ping !== null,
      endsWithInput: ended,
      cost,
    };
  } finally {
    await end(server);
  }
}

async function readLists(talk: ReturnType<typeof converse>, capabilities: string[]) {
  let tools: number | null = null;
  const unimplemented: string[] = [];
  for (const capability of capabilities) {
    for (const method of LISTS[capability] ?? []) {
      const answer = await talk.ask(method, method, {}, LIST_MS_MAX);
      if (!answer?.result) unimplemented.push(`${method} (${answer?.error?.code ?? 'no answer'})`);
      else if (method === 'tools/list') tools = await countTools(talk, answer.result);
    }
  }
  return { tools, unimplemented };
}

async function countTools(talk: ReturnType<typeof converse>, first: unknown): Promise<number | null> {
  let read = page.safeParse(first);
  let count = read.data?.tools.length ?? null;
  for (let at = 1; at < PAGES_MAX && read.data?.nextCursor; at += 1) {
    const next = await talk.ask(`page ${at}`, 'tools/list', { cursor: read.data.nextCursor }, LIST_MS_MAX);
    read = page.safeParse(next?.result);
    count = (count ?? 0) + (read.data?.tools.length ?? 0);
  }
  return count;
}

/** Asks a fresh process for the modern era first, as the host does. */
export async function speaksModern(
  folders: Folders,
  words: string[],
  variables: Record<string, string>,
): Promise<boolean> {
  const server = startBoxed(folders, words, variables);
  const talk = converse(server);
  try {
    const _meta = {
      [`${META}protocolVersion`]: MODERN,
      [`${META}clientInfo`]: CLIENT,
      [`${META}clientCapabilities`]: {},
    };
    const answer = await talk.ask(0, 'server/discover', { _meta }, ANSWER_MS_MAX);
    return discovered.safeParse(answer?.result).data?.supportedVersions.includes(MODERN) ?? false;
  } finally {
    await end(server);
  }
}

async function end(server: ReturnType<typeof startBoxed>): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
}
