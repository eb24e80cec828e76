#!/usr/bin/env bash
# mcp-remote 0.15.1 with @modelcontextprotocol/sdk 1.32.2, seen on 2026-12-01.
#
# Expected: a bridge that was given a fixed token (`--header "Authorization: …"`) reports that the server refuses the token,
#           when the token ends. The server has no authorization server: no metadata, and 401 names none.
# Seen:     mcp-remote asks four addresses for metadata, then posts a client registration to /register of the server, and the
#           call fails with the answer to that: "Dynamic Client Registration rejected (HTTP 404)". The 401 and its
#           error="invalid_token" are not mentioned, so that the person looks for a fault of OAuth, which the server never had.
# Output:   refused: names the registration, not the token; addresses asked: 5
# Ends by itself within one minute.
set -euo pipefail
work="$(mktemp -d)"
trap '[ -z "${server:-}" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error mcp-remote@0.15.1 \
  @modelcontextprotocol/sdk@1.32.2 >/dev/null

cat > server.mjs <<'JS'
import { createServer } from 'node:http';

let token = 'first';
let asked = [];
const server = createServer(async (req, res) => {
  let body = '';
  for await (const chunk of req) body += chunk;
  const json = (status, value, headers = {}) =>
    res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
  if (req.url === '/rotate') {
    token = 'second';
    asked = [];
    return json(200, {});
  }
  if (req.url === '/asked') return json(200, asked);
  if (req.url !== '/mcp') {
    asked.push(`${req.method} ${req.url}`);
    return json(404, { error: 'There is nothing here.' });
  }
  if (req.headers.authorization !== `Bearer ${token}`) {
    const text = 'The token has ended.';
    return json(401, { error: text }, { 'www-authenticate': `Bearer error="invalid_token", error_description="${text}"` });
  }
  if (req.method !== 'POST') return json(405, {});
  const { id, method, params } = JSON.parse(body);
  if (id === undefined) return res.writeHead(202).end();
  const serverInfo = { name: 'rotates', version: '1.0.0' };
  const result =
    method === 'initialize'
      ? { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo }
      : { content: [{ type: 'text', text: 'hello' }] };
  json(200, { jsonrpc: '2.0', id, result });
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
    args: ['node_modules/.bin/mcp-remote', `${base}/mcp`, '--header', 'Authorization:${VALUE}'],
    env: { PATH: process.env.PATH, HOME: process.cwd(), VALUE: 'Bearer first' },
    stderr: 'ignore',
  }),
);
const call = () => client.callTool({ name: 'any', arguments: {} });
await call();
await fetch(`${base}/rotate`);
const message = await call().then(() => 'works', (error) => error.message);
console.log(message);
const asked = await (await fetch(`${base}/asked`)).json();
console.log(asked.join('\n'));
const names = /Dynamic Client Registration rejected/.test(message) && !/401|token/i.test(message);
const seen = `refused: ${names ? 'names the registration, not the token' : 'other'}; addresses asked: ${asked.length}`;
console.log(seen);
const same = seen === 'refused: names the registration, not the token; addresses asked: 5';
process.stdout.write(same ? 'unchanged\n' : 'CHANGED\n', () => process.exit(same ? 0 : 1));
JS
node server.mjs > address &
server=$!
for _ in $(seq 50); do [ -s address ] && break; read -rt 0.2 <> <(:) || true; done
timeout 60 node probe.mjs "$(cat address)" 2>/dev/null
