#!/usr/bin/env bash
# fastmcp 4.20.16 with zod 4.6.7, seen on 2026-11-30.
#
# Expected: after `logging/setLevel` with `error`, a server sends no messages of lower levels (2025-11-25,
#           server/utilities/logging: "the minimum log level").
# Seen:     the request is answered with success, and debug and info messages are sent as before. A client that asks for
#           less gets all, and has to filter by itself.
# Output:   before: debug info error; after setLevel error: debug info error
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error fastmcp@4.20.16 zod@4.6.7 >/dev/null
cat > server.mjs <<'JS'
import { FastMCP } from 'fastmcp';

const server = new FastMCP({ name: 'logs', version: '1.0.0' });
const execute = async (_args, { log }) => {
  log.debug('Fine detail.');
  log.info('A step.');
  log.error('A failure.');
  return 'done';
};
server.addTool({ name: 'work', description: 'Logs.', execute });
await server.start({ transportType: 'stdio' });
JS
cat > probe.mjs <<'JS'
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const child = spawn(process.execPath, ['server.mjs'], { stdio: ['pipe', 'pipe', 'ignore'] });
const answers = new Map();
const levels = [];
createInterface({ input: child.stdout }).on('line', (line) => {
  const message = JSON.parse(line);
  if (message.method === 'notifications/message') levels.push(message.params.level);
  else answers.get(message.id)?.(message.result);
});
const send = (message) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const ask = (id, method, params) => new Promise((resolve) => answers.set(id, resolve) && send({ id, method, params }));
const clientInfo = { name: 'probe', version: '1.0.0' };
await ask(1, 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
send({ method: 'notifications/initialized' });
await ask(2, 'tools/call', { name: 'work', arguments: {} });
const before = levels.splice(0).join(' ');
await ask(3, 'logging/setLevel', { level: 'error' });
await ask(4, 'tools/call', { name: 'work', arguments: {} });
process.stdout.write(`before: ${before}; after setLevel error: ${levels.join(' ')}`);
child.kill();
JS
seen="$(timeout 60 node probe.mjs 2>/dev/null)"
echo "$seen"
if [ "$seen" = 'before: debug info error; after setLevel error: debug info error' ]; then echo unchanged; else echo CHANGED; exit 1; fi
