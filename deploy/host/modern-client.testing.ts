import type { Json, Message, TestHost } from './test-rig.ts';
import { messagesOf } from './test-rig.ts';

const PREFIX = 'io.modelcontextprotocol/';

export type ModernClientOptions = { principal?: string; capabilities?: Json; info?: Json };

/** As headers carry what is not plain ASCII. */
export const headerValue = (value: string): string =>
  /^[\x21-\x7e]*$/.test(value) ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;

/** A client of 2026-07-28, close to the wire: each request is a POST of its own. */
export const createModernClient = (host: TestHost, options: ModernClientOptions = {}) => {
  let nextId = 0;

  const send = (
    method: string,
    params: Json = {},
    init: { signal?: AbortSignal; id?: unknown; meta?: Json; headers?: Record<string, string> } = {},
  ) => {
    nextId += 1;
    const name = params['name'] ?? params['uri'];
    const meta = {
      [`${PREFIX}protocolVersion`]: '2026-07-28',
      [`${PREFIX}clientInfo`]: options.info ?? { name: 'raw', version: '1' },
      [`${PREFIX}clientCapabilities`]: options.capabilities ?? {},
      ...init.meta,
    };
    return host.request('/mcp', {
      method: 'POST',
      ...(init.signal ? { signal: init.signal } : {}),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
        ...(typeof name === 'string' ? { 'mcp-name': headerValue(name) } : {}),
        ...(options.principal === undefined ? {} : { 'catwalk-principal': options.principal }),
        ...init.headers,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: init.id ?? nextId, method, params: { ...params, _meta: meta } }),
    });
  };

  /** The answer to a request, without the messages before it. */
  const request = async (...args: Parameters<typeof send>): Promise<Message> => {
    const answer = (await messagesOf(await send(...args))).at(-1);
    if (!answer) throw new Error(`No answer to ${args[0]}.`);
    return answer;
  };

  return {
    send,
    request,
    call: (name: string, args: Json = {}, more: Json = {}) => request('tools/call', { name, arguments: args, ...more }),
    /** The next round of a call, with responses to what the last answer required. */
    retry: (last: Message, name: string, args: Json, inputResponses: Json) =>
      request('tools/call', {
        name,
        arguments: args,
        inputResponses,
        requestState: last.result?.['requestState'],
      }),
  };
};

export type ModernClient = ReturnType<typeof createModernClient>;
