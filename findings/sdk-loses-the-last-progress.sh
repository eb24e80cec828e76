#!/usr/bin/env bash
# @modelcontextprotocol/sdk 1.32.2 and @modelcontextprotocol/client 2.4.0, seen on 2026-11-30.
#
# Expected: each progress notification that a server sends before the result of a call reaches `onprogress`.
# Seen:     the one that arrives together with the result is lost: the handler is removed when the response is read, and the
#           notification, read first, is handled a moment later. A server that reports its last step and then answers is
#           never seen to finish. A pause of some milliseconds between the two brings it through.
# Output:   v1: at once 0, with a pause 1; v2: at once 0, with a pause 1
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error \
  @modelcontextprotocol/sdk@1.32.2 @modelcontextprotocol/client@2.4.0 >/dev/null
cat > server.mjs <<'JS'
import { createInterface } from 'node:readline';

const line = (message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;
createInterface({ input: process.stdin }).on('line', (text) => {
  const { id, method, params } = JSON.parse(text);
  if (id === undefined) return;
  const serverInfo = { name: 'steps', version: '1.0.0' };
  const { protocolVersion } = params ?? {};
  if (method === 'initialize')
    return process.stdout.write(line({ id, result: { protocolVersion, capabilities: { tools: {} }, serverInfo } }));
  if (method !== 'tools/call') return process.stdout.write(line({ id, result: {} }));
  const progress = { progressToken: params._meta.progressToken, progress: 1, total: 1 };
  const step = line({ method: 'notifications/progress', params: progress });
  const result = line({ id, result: { content: [] } });
  if (params.name === 'pause') {
    process.stdout.write(step);
    setTimeout(() => process.stdout.write(result), 200);
  } else process.stdout.write(step + result);
});
JS
cat > probe.mjs <<'JS'
const [client, stdio] =
  process.argv[2] === 'v1'
    ? ['@modelcontextprotocol/sdk/client/index.js', '@modelcontextprotocol/sdk/client/stdio.js']
    : ['@modelcontextprotocol/client', '@modelcontextprotocol/client/stdio'];
const { Client } = await import(client);
const { StdioClientTransport } = await import(stdio);
const one = new Client({ name: 'probe', version: '1.0.0' });
await one.connect(new StdioClientTransport({ command: process.execPath, args: ['server.mjs'] }));
const call = async (name) => {
  let seen = 0;
  const options = { onprogress: () => void (seen += 1) };
  const request = { name, arguments: {} };
  await (process.argv[2] === 'v1' ? one.callTool(request, undefined, options) : one.callTool(request, options));
  return seen;
};
process.stdout.write(`at once ${await call('at-once')}, with a pause ${await call('pause')}`, () => process.exit(0));
JS
seen="v1: $(timeout 60 node probe.mjs v1 2>/dev/null); v2: $(timeout 60 node probe.mjs v2 2>/dev/null)"
echo "$seen"
if [ "$seen" = 'v1: at once 0, with a pause 1; v2: at once 0, with a pause 1' ]; then echo unchanged; else echo CHANGED; exit 1; fi
