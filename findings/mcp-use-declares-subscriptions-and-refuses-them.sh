#!/usr/bin/env bash
# mcp-use 2.5.2 with @modelcontextprotocol/sdk 1.32.2, seen on 2026-12-01.
#
# Expected: a server that declares `resources: { subscribe: true, listChanged: true }` for 2025-11-25 accepts
#           `resources/subscribe`, and answers GET with a stream of events, or with 405 if it has none
#           (server/resources, "Capabilities"; basic/transports, "Listening for Messages from the Server").
# Seen:     both are declared in every session. `resources/subscribe` for a resource that exists is "Method not found", and GET
#           answers 204 without a body, which is neither. A client that trusts the declaration waits for changes that
#           have no way to arrive.
# Output:   declared: subscribe, listChanged; read: hello; subscribe: -32601; GET: 204
# Ends by itself within one minute.
set -euo pipefail
work="$(mktemp -d)"
trap '[ -z "${server:-}" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error mcp-use@2.5.2 \
  @modelcontextprotocol/sdk@1.32.2 zod@4.6.7 >/dev/null

cat > server.mjs <<'JS'
import { MCPServer } from 'mcp-use';

const server = new MCPServer({ name: 'notes', version: '1.0.0' });
server.resource({ name: 'note', uri: 'note://first' }, async (uri) => ({
  contents: [{ uri: uri.href, mimeType: 'text/plain', text: 'hello' }],
}));
await server.listen(Number(process.argv[2]));
JS
cat > probe.mjs <<'JS'
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const url = new URL(process.argv[2]);
const connect = async () => {
  const client = new Client({ name: 'probe', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(url));
  return client;
};
const deadline = Date.now() + 30_000;
let client;
while (!client) {
  client = await connect().catch(async (error) => {
    if (Date.now() > deadline) throw error;
    await new Promise((resolve) => setTimeout(resolve, 200)); // the server is not listening yet
  });
}
const { resources } = client.getServerCapabilities();
const declared = ['subscribe', 'listChanged'].filter((name) => resources?.[name] === true).join(', ');
const { contents } = await client.readResource({ uri: 'note://first' });
const subscribed = await client.subscribeResource({ uri: 'note://first' }).then(() => 'accepted', ({ code }) => code);
const headers = { accept: 'text/event-stream', 'mcp-protocol-version': '2025-11-25' };
const { status } = await fetch(url, { headers });
const seen = `declared: ${declared}; read: ${contents[0].text}; subscribe: ${subscribed}; GET: ${status}`;
console.log(seen);
const same = seen === 'declared: subscribe, listChanged; read: hello; subscribe: -32601; GET: 204';
process.stdout.write(same ? 'unchanged\n' : 'CHANGED\n', () => process.exit(same ? 0 : 1));
JS
port="$(node -e 'const server = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close(); })')"
node server.mjs "$port" >/dev/null 2>&1 &
server=$!
timeout 60 node probe.mjs "http://127.0.0.1:$port/mcp" 2>/dev/null
