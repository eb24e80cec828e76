#!/usr/bin/env bash
# mcp-proxy 6.7.19 with @modelcontextprotocol/sdk 1.32.2, seen on 2026-11-30.
#
# Expected: a proxy between a client that supports roots, sampling and elicitation and a stdio server passes the server's requests
#           on to the client.
# Seen:     the server is introduced to a client without capabilities, and the proxy itself answers `elicitation/create` and
#           `roots/list` with "Method not found". A server that asks a person behind it is told that there is nobody who
#           could be asked. Progress and log messages do pass.
# Output:   capabilities: {}; elicitation: -32601; roots: -32601; progress: 1; log messages: 1
set -euo pipefail
work="$(mktemp -d)"
trap '[ -z "${proxy:-}" ] || kill "$proxy" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error \
  mcp-proxy@6.7.19 @modelcontextprotocol/sdk@1.32.2 >/dev/null
cat > server.mjs <<'JS'
import { createInterface } from 'node:readline';

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const answers = new Map();
const ask = (id, method, params) => new Promise((resolve) => answers.set(id, resolve) && send({ id, method, params }));
let capabilities;
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params, result, error } = JSON.parse(line);
  if (method === undefined) return answers.get(id)?.(error?.code ?? result);
  if (id === undefined) return;
  if (method === 'initialize') {
    capabilities = params.capabilities;
    const serverInfo = { name: 'asks', version: '1.0.0' };
    return send({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {}, logging: {} }, serverInfo } });
  }
  if (method !== 'tools/call') return send({ id, result: {} });
  const progressToken = params._meta?.progressToken;
  send({ method: 'notifications/progress', params: { progressToken, progress: 1, total: 2 } });
  send({ method: 'notifications/message', params: { level: 'warning', data: 'Half of it is done.' } });
  const requestedSchema = { type: 'object', properties: { city: { type: 'string' } } };
  const elicited = await ask('e', 'elicitation/create', { mode: 'form', message: 'Which city?', requestedSchema });
  const roots = await ask('r', 'roots/list');
  const text = `capabilities: ${JSON.stringify(capabilities)}; elicitation: ${elicited}; roots: ${roots}`;
  send({ id, result: { content: [{ type: 'text', text }] } });
});
JS
cat > probe.mjs <<'JS'
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, ListRootsRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';

const connect = async () => {
  const client = new Client(
    { name: 'probe', version: '1.0.0' },
    { capabilities: { elicitation: { form: {} }, roots: {} } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL(process.argv[2])));
  return client;
};
const deadline = Date.now() + 30_000;
let client;
while (!client) {
  client = await connect().catch(async (error) => {
    if (Date.now() > deadline) throw error;
    await new Promise((resolve) => setTimeout(resolve, 200)); // the proxy is not listening yet
  });
}
client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { city: 'Bern' } }));
client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: 'file:///work' }] }));
let logged = 0;
let progressed = 0;
client.setNotificationHandler(LoggingMessageNotificationSchema, () => void (logged += 1));
const { content } = await client.callTool({ name: 'any', arguments: {} }, undefined, {
  onprogress: () => void (progressed += 1),
});
const outcome = `${content[0].text}; progress: ${progressed}; log messages: ${logged}`;
process.stdout.write(outcome, () => process.exit(0));
JS
port="$(node -e 'const server = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close(); })')"
node_modules/.bin/mcp-proxy --host 127.0.0.1 --port "$port" --server stream node server.mjs >/dev/null 2>&1 &
proxy=$!
seen="$(timeout 60 node probe.mjs "http://127.0.0.1:$port/mcp" 2>/dev/null)"
echo "$seen"
expected='capabilities: {}; elicitation: -32601; roots: -32601; progress: 1; log messages: 1'
if [ "$seen" = "$expected" ]; then echo unchanged; else echo CHANGED; exit 1; fi
