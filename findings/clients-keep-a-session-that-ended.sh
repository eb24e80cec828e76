#!/usr/bin/env bash
# @modelcontextprotocol/sdk 1.32.2, @modelcontextprotocol/client 2.4.0, @langchain/mcp-adapters 1.1.4,
# supergateway 4.0.0 and mcp-remote 0.15.1, seen on 2026-12-01.
#
# Expected: a client that receives 404 for a request with an Mcp-Session-Id starts a new session with `initialize`
#           (2025-11-25, basic/transports, "Session Management", point 4: it MUST).
# Seen:     of five clients, mcp-remote alone does, and repeats the call. The other four fail that call and every later one:
#           after a restart of a server they are of no use until their own process is started again.
# Output:   sdk-v1: fails, fails, new sessions: 0 (sdk-v2, langchain and supergateway the same)
#           mcp-remote: works, works, new sessions: 1
# Ends by itself within two minutes.
set -euo pipefail
work="$(mktemp -d)"
trap '[ -z "${server:-}" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error @modelcontextprotocol/sdk@1.32.2 \
  @modelcontextprotocol/client@2.4.0 @langchain/mcp-adapters@1.1.4 @langchain/core@1.4.0 supergateway@4.0.0 \
  mcp-remote@0.15.1 >/dev/null

cat > server.mjs <<'JS'
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

let sessions = new Set();
let opened = 0;
const server = createServer(async (req, res) => {
  let body = '';
  for await (const chunk of req) body += chunk;
  const json = (status, value, headers = {}) =>
    res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
  if (req.url === '/restart') {
    sessions = new Set();
    return json(200, { opened });
  }
  if (req.url === '/opened') return json(200, { opened });
  if (req.url !== '/mcp') return json(404, {});
  if (req.method === 'GET') return json(405, {});
  if (req.method === 'DELETE') return json(200, {});
  const { id, method, params } = JSON.parse(body);
  if (method === 'initialize') {
    const session = randomUUID();
    sessions.add(session);
    opened += 1;
    const serverInfo = { name: 'restarts', version: '1.0.0' };
    const result = { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo };
    return json(200, { jsonrpc: '2.0', id, result }, { 'mcp-session-id': session });
  }
  if (!sessions.has(req.headers['mcp-session-id'])) {
    return json(404, { jsonrpc: '2.0', id: id ?? null, error: { code: -32001, message: 'Session not found' } });
  }
  if (id === undefined) return res.writeHead(202).end();
  const tools = [{ name: 'echo', description: 'Answers.', inputSchema: { type: 'object', properties: {} } }];
  const result = method === 'tools/list' ? { tools } : { content: [{ type: 'text', text: 'hello' }] };
  json(200, { jsonrpc: '2.0', id, result });
}).listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
JS
cat > probe.mjs <<'JS'
import { MultiServerMCPClient } from '@langchain/mcp-adapters';
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const base = process.argv[2];
const url = `${base}/mcp`;
const me = { name: 'probe', version: '1.0.0' };
const echo = { name: 'echo', arguments: {} };
const connected = async (client, transport) => {
  await client.connect(transport);
  return () => client.callTool(echo);
};
const bridge = (name, args) =>
  new StdioClientTransport({
    command: process.execPath,
    args: [`node_modules/.bin/${name}`, ...args],
    env: { PATH: process.env.PATH, HOME: process.cwd() },
    stderr: 'ignore',
  });
const clients = {
  'sdk-v1': () => connected(new Client(me), new StreamableHTTPClientTransport(new URL(url))),
  'sdk-v2': () => connected(new ClientV2(me), new TransportV2(new URL(url))),
  langchain: async () => {
    const [tool] = await new MultiServerMCPClient({ mcpServers: { probe: { transport: 'http', url } } }).getTools();
    return () => tool.invoke({});
  },
  supergateway: () => connected(new Client(me), bridge('supergateway', ['--streamableHttp', url, '--logLevel', 'none'])),
  'mcp-remote': () => connected(new Client(me), bridge('mcp-remote', [url])),
};
const opened = async (path) => (await (await fetch(`${base}${path}`)).json()).opened;
let changed = false;
for (const [name, open] of Object.entries(clients)) {
  const call = await open();
  await call();
  const before = await opened('/restart');
  const outcome = () => call().then(() => 'works', () => 'fails');
  const seen = `${await outcome()}, ${await outcome()}, new sessions: ${(await opened('/opened')) - before}`;
  console.log(`${name}: ${seen}`);
  changed ||= seen !== (name === 'mcp-remote' ? 'works, works, new sessions: 1' : 'fails, fails, new sessions: 0');
}
process.stdout.write(changed ? 'CHANGED\n' : 'unchanged\n', () => process.exit(changed ? 1 : 0));
JS
node server.mjs > address &
server=$!
for _ in $(seq 50); do [ -s address ] && break; read -rt 0.2 <> <(:) || true; done
timeout 120 node probe.mjs "$(cat address)" 2>/dev/null
