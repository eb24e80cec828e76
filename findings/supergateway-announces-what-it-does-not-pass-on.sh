#!/usr/bin/env bash
# supergateway 4.0.0 with @modelcontextprotocol/sdk 1.32.2, seen on 2026-12-01.
#
# Expected: between a client on stdio that supports elicitation and a server at an address (`--streamableHttp`), the bridge
#           passes on requests and notifications of the server; or it does not announce what it does not pass on.
# Seen:     the capabilities of the client reach the server, elicitation included, and then the bridge answers
#           `elicitation/create` itself with "Method not found". Progress and log messages of the server are lost as well. The
#           same client gets all three when it connects directly. A long call looks dead, and a server that asked the person
#           because the client said it could gets an error.
# Output:   direct: announced: elicitation; elicitation: accept; progress: 1; log messages: 1
#           supergateway: announced: elicitation; elicitation: -32601; progress: 0; log messages: 0
# Ends by itself within one minute.
set -euo pipefail
work="$(mktemp -d)"
trap '[ -z "${server:-}" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error supergateway@4.0.0 \
  @modelcontextprotocol/sdk@1.32.2 >/dev/null

cat > server.mjs <<'JS'
import { createServer } from 'node:http';

let announced = '';
let answered;
const server = createServer(async (req, res) => {
  let body = '';
  for await (const chunk of req) body += chunk;
  const json = (status, value) =>
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (req.method !== 'POST' || req.url !== '/mcp') return json(405, {});
  const { id, method, params, result, error } = JSON.parse(body);
  if (method === undefined) {
    answered?.(error?.code ?? result.action);
    return res.writeHead(202).end();
  }
  if (id === undefined) return res.writeHead(202).end();
  if (method === 'initialize') {
    announced = Object.keys(params.capabilities).join(', ');
    const capabilities = { tools: {}, logging: {} };
    const serverInfo = { name: 'asks', version: '1.0.0' };
    const answer = { protocolVersion: params.protocolVersion, capabilities, serverInfo };
    return json(200, { jsonrpc: '2.0', id, result: answer });
  }
  if (method !== 'tools/call') return json(200, { jsonrpc: '2.0', id, result: {} });
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (message) => res.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
  const progressToken = params._meta?.progressToken;
  send({ method: 'notifications/progress', params: { progressToken, progress: 1, total: 2 } });
  send({ method: 'notifications/message', params: { level: 'warning', data: 'Half of it is done.' } });
  const requestedSchema = { type: 'object', properties: { city: { type: 'string' } } };
  const elicited = new Promise((resolve) => {
    answered = resolve;
  });
  send({ id: 'e', method: 'elicitation/create', params: { mode: 'form', message: 'Which city?', requestedSchema } });
  const text = `announced: ${announced}; elicitation: ${await elicited}`;
  send({ id, result: { content: [{ type: 'text', text }] } });
  res.end();
}).listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
JS
cat > probe.mjs <<'JS'
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';

const url = `${process.argv[2]}/mcp`;
const transports = {
  direct: () => new StreamableHTTPClientTransport(new URL(url)),
  supergateway: () =>
    new StdioClientTransport({
      command: process.execPath,
      args: ['node_modules/.bin/supergateway', '--streamableHttp', url, '--logLevel', 'none'],
      env: { PATH: process.env.PATH, HOME: process.cwd() },
      stderr: 'ignore',
    }),
};
const wanted = {
  direct: 'announced: elicitation; elicitation: accept; progress: 1; log messages: 1',
  supergateway: 'announced: elicitation; elicitation: -32601; progress: 0; log messages: 0',
};
let changed = false;
for (const [name, open] of Object.entries(transports)) {
  const client = new Client({ name: 'probe', version: '1.0.0' }, { capabilities: { elicitation: { form: {} } } });
  let progressed = 0;
  let logged = 0;
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { city: 'Bern' } }));
  client.setNotificationHandler(LoggingMessageNotificationSchema, () => void (logged += 1));
  await client.connect(open());
  const options = { onprogress: () => void (progressed += 1) };
  const { content } = await client.callTool({ name: 'any', arguments: {} }, undefined, options);
  const seen = `${content[0].text}; progress: ${progressed}; log messages: ${logged}`;
  console.log(`${name}: ${seen}`);
  changed ||= seen !== wanted[name];
}
process.stdout.write(changed ? 'CHANGED\n' : 'unchanged\n', () => process.exit(changed ? 1 : 0));
JS
node server.mjs > address &
server=$!
for _ in $(seq 50); do [ -s address ] && break; read -rt 0.2 <> <(:) || true; done
timeout 60 node probe.mjs "$(cat address)" 2>/dev/null
