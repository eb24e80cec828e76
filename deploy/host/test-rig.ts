/** The tools of the host's own tests: a real host with real children, and a client close to the wire. */

import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type StartHostOptions, startHost } from './cli.ts';
import type { HostConfig, HostStatus } from './contract.ts';
import type { RunningHost } from './host-options.ts';

const FIXTURE = fileURLToPath(new URL('../../tests/fixtures/stdio/server.ts', import.meta.url));
const DEADLINE_MS = 60_000;
const POLL_MS = 20;

export type Json = Record<string, unknown>;
export type Message = { id?: unknown; method?: string; params?: Json; result?: Json; error?: Json };
export type SseEvent = { id: string | null; event: string | null; data: string };

/** Waits until `probe` finds something; fails after a bounded time. */
export const eventually = async <T>(
  what: string,
  probe: () => T | null | false | Promise<T | null | false>,
  limitMs = DEADLINE_MS,
): Promise<T> => {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found !== null && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Waited too long for ${what}.`);
    await wait(POLL_MS);
  }
};

export const fixtureConfig = (config: Partial<HostConfig> = {}): HostConfig => ({
  package: { runtime: 'command', command: 'node', args: [FIXTURE] },
  args: [],
  env: {},
  isolation: 'AUTO',
  ...config,
});

export type TestHost = RunningHost & {
  url: string;
  request(path: string, init?: RequestInit): Promise<Response>;
  logs(): Promise<string[]>;
  fetchStatus(): Promise<HostStatus>;
};

export const startTestHost = async (
  config: Partial<HostConfig> = {},
  options: Partial<StartHostOptions> = {},
): Promise<TestHost> => {
  const host = await startHost(fixtureConfig(config), { port: 0, host: '127.0.0.1', ...options });
  const url = `http://127.0.0.1:${host.port}`;
  const headers = config.token === undefined ? {} : { 'catwalk-host-token': config.token };
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { ...headers, ...init.headers } });
  return {
    port: host.port,
    status: host.status,
    close: host.close,
    url,
    request,
    fetchStatus: async () => (await (await request('/status')).json()) as HostStatus, // the host's own type
    logs: async () =>
      (await (await request('/logs')).text())
        .split('\n')
        .filter(Boolean)
        .map((line) => String(JSON.parse(line).text)),
  };
};

/** Reads server-sent events as they come. */
export async function* readEvents(response: Response): AsyncGenerator<SseEvent> {
  let buffered = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    buffered += chunk;
    for (let end = buffered.indexOf('\n\n'); end !== -1; end = buffered.indexOf('\n\n')) {
      const lines = buffered.slice(0, end).split('\n');
      buffered = buffered.slice(end + 2);
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? null;
      const data = field('data');
      if (data !== null || field('id') !== null) yield { id: field('id'), event: field('event'), data: data ?? '' };
    }
  }
}

/** All messages of an answer, whether JSON or a stream. */
export const messagesOf = async (response: Response): Promise<Message[]> => {
  if (!(response.headers.get('content-type') ?? '').includes('event-stream')) {
    const text = await response.text();
    return text === '' ? [] : [JSON.parse(text) as Message]; // JSON-RPC by construction
  }
  const messages: Message[] = [];
  for await (const { data } of readEvents(response)) if (data !== '') messages.push(JSON.parse(data) as Message);
  return messages;
};

export type TestClientOptions = { principal?: string; caller?: string; capabilities?: Json; protocolVersion?: string };

export class TestClient {
  readonly host: Pick<TestHost, 'request'>;
  readonly session: string;
  readonly initialize: Message;
  readonly #headers: Record<string, string>;

  private constructor(
    host: Pick<TestHost, 'request'>,
    session: string,
    initialize: Message,
    headers: Record<string, string>,
  ) {
    this.host = host;
    this.session = session;
    this.initialize = initialize;
    this.#headers = headers;
  }

  static async open(host: Pick<TestHost, 'request'>, options: TestClientOptions = {}): Promise<TestClient> {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(options.principal === undefined ? {} : { 'catwalk-principal': options.principal }),
      ...(options.caller === undefined ? {} : { 'catwalk-caller': options.caller }),
    };
    const response = await host.request('/mcp', {
      method: 'POST',
      headers,
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 'init',
        method: 'initialize',
        params: {
          protocolVersion: options.protocolVersion ?? '2025-11-25',
          capabilities: options.capabilities ?? {},
          clientInfo: { name: 'test', version: '1' },
        },
      }),
    });
    const [answer] = await messagesOf(response);
    const session = response.headers.get('mcp-session-id');
    if (!answer || session === null) throw new Error(`No session: ${response.status} ${JSON.stringify(answer)}`);
    const client = new TestClient(host, session, answer, { ...headers, 'mcp-session-id': session });
    await client.post({ method: 'notifications/initialized' });
    return client;
  }

  post(message: Json, init: RequestInit = {}): Promise<Response> {
    return this.host.request('/mcp', {
      method: 'POST',
      ...init,
      headers: this.#headers,
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    });
  }

  postTool(id: unknown, name: string, args: Json = {}, meta?: Json, init: RequestInit = {}): Promise<Response> {
    const params = { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) };
    return this.post({ id, method: 'tools/call', params }, init);
  }

  /** Calls a tool; resolves to the text of its answer. */
  async tool(name: string, args: Json = {}): Promise<string> {
    const messages = await messagesOf(await this.postTool(7, name, args));
    const answer = messages.find((message) => message.id === 7);
    if (!answer?.result) throw new Error(`The tool failed: ${JSON.stringify(answer ?? messages)}`);
    return textOf(answer);
  }

  get(headers: Record<string, string> = {}, init: RequestInit = {}): Promise<Response> {
    return this.host.request('/mcp', {
      ...init,
      headers: { ...this.#headers, accept: 'text/event-stream', ...headers },
    });
  }

  delete(): Promise<Response> {
    return this.host.request('/mcp', { method: 'DELETE', headers: this.#headers });
  }
}

export const textOf = (answer: Message | undefined): string => {
  const content = answer?.result?.['content'];
  const first: unknown = Array.isArray(content) ? content[0] : null;
  return typeof first === 'object' && first !== null && 'text' in first ? String(first.text) : '';
};

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // ESRCH: gone
  }
};
