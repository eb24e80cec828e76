const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const TIME_LIMIT_MS = 10_000;
export const PROTOCOL_VERSION = '2025-06-18';

const post = async (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...HEADERS, ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response;
};

/** Opens a session as clients do, with `headers` of the endpoint; resolves to its id. */
export const openSession = async (url: string, headers: Record<string, string> = {}): Promise<string> => {
  const params = { protocolVersion: PROTOCOL_VERSION, capabilities: {}, clientInfo: { name: 'bench', version: '1' } };
  const response = await post(url, { jsonrpc: '2.0', id: 0, method: 'initialize', params }, headers);
  const session = response.headers.get('mcp-session-id');
  await response.text();
  if (session === null) throw new Error('The answer to initialize names no session.');
  const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
  const ready = await post(url, initialized, { ...headers, 'mcp-session-id': session });
  await ready.text();
  return session;
};

export const callBody = (id: number, tool = 'echo'): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: tool, arguments: { text: 'hello' } } });

export const callHeaders = (session: string): Record<string, string> => ({
  ...HEADERS,
  'mcp-session-id': session,
  'mcp-protocol-version': PROTOCOL_VERSION,
});

export const modernHeaders = (tool: string): Record<string, string> => ({
  ...HEADERS,
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': tool,
});

export const modernBody = (id: number, tool: string): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: {
      name: tool,
      arguments: { text: 'hello' },
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
      },
    },
  });
