#!/usr/bin/env bash
# mcp-remote 0.15.1 with @modelcontextprotocol/sdk 1.32.2, seen on 2026-12-01.
#
# Expected: a bridge opens one session for its client, and ends it with DELETE when the client leaves
#           (2025-11-25, basic/transports, "Session Management", point 5: it SHOULD).
# Seen:     each start opens two. The first is for a client called `mcp-remote-fallback-test`, with no capabilities; it sends
#           `notifications/initialized` and is then left behind. Neither of the two is ever ended, so that a server that keeps
#           a process or a browser for each session keeps two of them for each start of the bridge until they expire.
# Output:   sessions: mcp-remote-fallback-test, probe (via mcp-remote 0.15.1); ended: 0; used: 1
# Ends by itself within one minute.
set -euo pipefail
work="$(mktemp -d)"
trap '[ -z "${server:-}" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error mcp-remote@0.15.1 \
  @modelcontextprotocol/sdk@1.32.2 >/dev/null

cat > server.mjs <<'JS'
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const sessions = new Map();
let ended = 0;
const used = new Set();
const server = createServer(async (req, res) => {
  let body = '';
  for await (const chunk of req) body += chunk;
  const json = (status, value, headers = {}) =>
    res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
  if (req.url === '/seen') return json(200, { names: [...sessions.values()], ended, used: used.size });
  if (req.url !== '/mcp') return json(404, {});
  if (req.method === 'DELETE') {
    ended += 1;
    return json(200, {});
  }
  if (req.method !== 'POST') return json(405, {});
  const { id, method, params } = JSON.parse(body);
  if (id === undefined) return res.writeHead(202).end();
  if (method === 'initialize') {
    const session = randomUUID();
    sessions.set(session, params.clientInfo.name);
    const serverInfo = { name: 'counts', version: '1.0.0' };
    const result = { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo };
    return json(200, { jsonrpc: '2.0', id, result }, { 'mcp-session-id': session });
  }
  used.add(req.headers['mcp-session-id']);
  json(200, { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'hello' }] } });
}).listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
JS
cat > probe.mjs <<'JS'
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const base = process.argv[2];
const client = new Client({ name: 'probe', version: '1.0.0' });
await client.connect(
  new StdioClientTransport({
    command: process.execPath,
    args: ['node_modules/.bin/mcp-remote', `${base}/mcp`],
    env: { PATH: process.env.PATH, HOME: process.cwd() },
    stderr: 'ignore',
  }),
);
await client.callTool({ name: 'any', arguments: {} });
await client.close(); // closes the input of the bridge and waits until the bridge has ended
const { names, ended, used } = await (await fetch(`${base}/seen`)).json();
const seen = `sessions: ${names.join(', ')}; ended: ${ended}; used: ${used}`;
console.log(seen);
const same = seen === 'sessions: mcp-remote-fallback-test, probe (via mcp-remote 0.15.1); ended: 0; used: 1';
process.stdout.write(same ? 'unchanged\n' : 'CHANGED\n', () => process.exit(same ? 0 : 1));
JS
node server.mjs > address &
server=$!
for _ in $(seq 50); do [ -s address ] && break; read -rt 0.2 <> <(:) || true; done
timeout 60 node probe.mjs "$(cat address)" 2>/dev/null
