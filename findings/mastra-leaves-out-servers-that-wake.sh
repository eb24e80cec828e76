#!/usr/bin/env bash
# @mastra/mcp 2.0.0 (with @mastra/core 1.71.0), seen on 2026-12-01.
#
# Expected: a client waits for the first answer of a server as long as for any other (60 s here, `timeout`), or throws.
# Seen:     connecting has a limit of its own, three seconds. A server that needs four for its first answer, as one does that
#           has to be started or woken, is left out: `listTools()` resolves to no tools, and only a line of the log says why.
#           The agent works on without them. With `connectTimeout` the same server is reached.
# Output:   as it comes: no tools, no error; with connectTimeout: slow_echo
# Ends by itself within two minutes.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error @mastra/mcp@2.0.0 @mastra/core@1.71.0 >/dev/null

cat > probe.mjs <<'JS'
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { MCPClient } from '@mastra/mcp';

const WAKES_IN_MS = 4_000;
/** Like a server behind a host that starts it for the first request. */
const startServer = async () => {
  let awake;
  const server = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += chunk;
    const json = (status, value) =>
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (req.method !== 'POST') return json(405, {});
    awake ??= wait(WAKES_IN_MS);
    await awake;
    const { id, method, params } = JSON.parse(body);
    if (id === undefined) return res.writeHead(202).end();
    if (method === 'server/discover') {
      return json(200, { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
    }
    const serverInfo = { name: 'slow', version: '1.0.0' };
    const tools = [{ name: 'echo', description: 'Answers.', inputSchema: { type: 'object', properties: {} } }];
    const hello = { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo };
    json(200, { jsonrpc: '2.0', id, result: method === 'initialize' ? hello : { tools } });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${server.address().port}/mcp`);
};
const toolsWith = async (options) => {
  const client = new MCPClient({ id: JSON.stringify(options), servers: { slow: { url: await startServer(), ...options } } });
  return client.listTools().then((tools) => Object.keys(tools).join(', ') || 'no tools, no error', (error) => error.message);
};
const seen = `as it comes: ${await toolsWith({})}; with connectTimeout: ${await toolsWith({ connectTimeout: 60_000 })}`;
console.log(seen);
const same = seen === 'as it comes: no tools, no error; with connectTimeout: slow_echo';
process.stdout.write(same ? 'unchanged\n' : 'CHANGED\n', () => process.exit(same ? 0 : 1));
JS
timeout 120 node probe.mjs 2>/dev/null | tail -2
