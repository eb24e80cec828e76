import { fileURLToPath } from 'node:url';
import { createModernClient } from '../modern-client.testing.ts';
import { type Json, type Message, messagesOf, startTestHost, TestClient, type TestHost } from '../test-rig.ts';

const MODERN_SERVER = fileURLToPath(new URL('../../../tests/fixtures/stdio/modern-server.ts', import.meta.url));
const MEGABYTE = 1024 * 1024;

export const LINE_BYTES_MAX = 256 * 1024;
export const UNREAD_BYTES_MAX = 2 * MEGABYTE;

type CallOptions = { id?: unknown; signal?: AbortSignal; token?: string };

/** A client whose calls are translated. */
export type Caller = {
  send(tool: string, args?: Json, options?: CallOptions): Promise<Response>;
  /** A request of any method, with the headers that its era demands. */
  request(method: string, params?: Json, signal?: AbortSignal): Promise<Response>;
  /** A message that is no request, such as a notification or a response. */
  post(message: Json): Promise<Response>;
  /** A stream that stays open until the client leaves. */
  listen(signal: AbortSignal): Promise<Response>;
};

export type Direction = {
  start(): Promise<TestHost>;
  open(host: TestHost, principal: string): Promise<Caller>;
  /** Arguments of the tool `ask` with which it asks a person. */
  question: Json;
};

const limits = { childLineBytesMax: LINE_BYTES_MAX, childUnreadBytesMax: UNREAD_BYTES_MAX };
const ELICITATION = { message: 'Who?', requestedSchema: { type: 'object', properties: {} } };
const capabilities = { elicitation: {} };
const metaOf = (token: string | undefined) => (token === undefined ? {} : { progressToken: token });

const openModern = async (host: TestHost, principal: string): Promise<Caller> => {
  const client = createModernClient(host, { principal, capabilities });
  return {
    send: (name, args = {}, { id, signal, token } = {}) =>
      client.send(
        'tools/call',
        { name, arguments: args },
        {
          meta: metaOf(token),
          ...(id === undefined ? {} : { id }),
          ...(signal ? { signal } : {}),
        },
      ),
    request: (method, params = {}, signal) => client.send(method, params, signal ? { signal } : {}),
    post: (message) =>
      host.request('/mcp', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': String(message['method']),
          'catwalk-principal': principal,
        },
        body: JSON.stringify({ jsonrpc: '2.0', ...message }),
      }),
    listen: (signal) => client.send('subscriptions/listen', { notifications: { toolsListChanged: true } }, { signal }),
  };
};

const openLegacy = async (host: TestHost, principal: string): Promise<Caller> => {
  const client = await TestClient.open(host, { principal, capabilities });
  let nextId = 0;
  const ownId = () => {
    nextId += 1;
    return nextId;
  };
  return {
    send: (name, args = {}, { id = ownId(), signal, token } = {}) =>
      client.postTool(id, name, args, metaOf(token), signal ? { signal } : {}),
    request: (method, params = {}, signal) => client.post({ id: ownId(), method, params }, signal ? { signal } : {}),
    post: (message) => client.post(message),
    listen: (signal) => client.get({}, { signal }),
  };
};

/** Both ways of translation. */
export const DIRECTIONS: Record<string, Direction> = {
  'a modern client over a legacy server': {
    start: () => startTestHost({}, { limits }),
    open: openModern,
    question: { method: 'elicitation/create', params: ELICITATION },
  },
  'a legacy client over a modern server': {
    start: () => startTestHost({ package: { runtime: 'command', command: 'node', args: [MODERN_SERVER] } }, { limits }),
    open: openLegacy,
    question: { requests: { who: { method: 'elicitation/create', params: ELICITATION } } },
  },
};

export const answerOf = async (response: Response | Promise<Response>): Promise<Message> =>
  (await messagesOf(await response)).at(-1) ?? {};
