import { expect, test } from 'vitest';
import { readCode } from './code/code-file.ts';
import { chosenHttp, httpServing } from './http-serving.ts';

const serving = (text: string, path = 'index.js', chosen: ReturnType<typeof chosenHttp> = null) =>
  httpServing(readCode({ files: [{ path, text }] }), { options: [], variables: [] }, chosen);

test.each([
  ['the SDK', 'import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js"'],
  ['HTTP+SSE', 'const transport = new SSEServerTransport("/messages", response)'],
  ['version 2 of the SDK', 'const handler = createMcpHandler(() => server)'],
  ['a framework', 'server.start({ transportType: "httpStream", httpStream: { port: 8080 } })'],
])('recognizes a server without stdio by %s', (_name, text) => {
  expect(serving(text)).toEqual({});
});

test.each([
  ['mcp.run(transport="streamable-http")'],
  ['mcp.run(host="0.0.0.0", transport="sse")'],
  ['uvicorn.run(mcp.streamable_http_app(), port=8000)'],
])('recognizes a Python server without stdio: %s', (text) => {
  expect(serving(text, 'server.py')).toEqual({});
});

test.each([
  ['new StdioServerTransport(); new StreamableHTTPServerTransport({})', 'index.js'],
  ['if (transport === "stdio") serve(); else new SSEServerTransport("/m", res)', 'index.js'],
  ['mcp.run()\nmcp.run(transport="sse")', 'server.py'],
  ['parser.add_argument("--transport", choices=["stdio", "sse"])\nmcp.run(transport="sse")', 'server.py'],
  ['console.log("http")', 'index.js'],
])('leaves a server that speaks stdio on stdio: %s', (text, path) => {
  expect(serving(text, path)).toBeNull();
});

test('finds out how the server takes its port, its address and its path', () => {
  const text = `const transport = new StreamableHTTPServerTransport({});
    app.post('/v2/mcp', handle); app.get('/health', ok);`;
  const code = readCode({ files: [{ path: 'index.js', text }] });
  const variables = ['PORT', 'MCP_PORT', 'DB_PORT', 'HOST', 'API_KEY'].map((name) => ({ name }));
  const evidence = { kind: 'SOURCE_CODE' as const, file: null, line: null, note: null };
  expect(httpServing(code, { variables, options: [{ flag: '--port', name: 'port', evidence }] })).toEqual({
    portVariables: ['MCP_PORT'],
    hostVariables: ['HOST'],
    portFlag: '--port',
    paths: ['/v2/mcp'],
  });
});

test.each([
  [['--transport', 'http', '--port', '3000'], {}, { by: 'TRANSPORT', portFlag: '--port' }],
  [['--transport=sse'], {}, { by: 'TRANSPORT' }],
  [['--http', '-p', '8080'], {}, { by: 'TRANSPORT', portFlag: '-p' }],
  [['streamableHttp'], {}, { by: 'TRANSPORT' }],
  [['--port', '8931'], {}, { by: 'PORT', portFlag: '--port' }],
  [[], { MCP_TRANSPORT: 'streamable-http' }, { by: 'TRANSPORT' }],
  [['--transport', 'stdio'], {}, null],
  [['-p', 'profile'], {}, null],
  [['--proxy', 'http'], {}, null],
])('reads the transport that a launch chooses: %j %j', (args, env, expected) => {
  expect(chosenHttp(args, env)).toEqual(expected);
});

test('a pasted port alone chooses HTTP only where the code can serve it', () => {
  const chosen = chosenHttp(['--port', '3306'], {});
  expect(serving('new StdioServerTransport()', 'index.js', chosen)).toBeNull();
  expect(serving('new StdioServerTransport(); new SSEServerTransport("/m", res)', 'index.js', chosen)).toEqual({
    portFlag: '--port',
  });
});
