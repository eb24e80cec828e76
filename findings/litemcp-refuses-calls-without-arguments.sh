#!/usr/bin/env bash
# litemcp 0.9.0 with zod 3.25.76, seen on 2026-11-30.
#
# Expected: `arguments` of tools/call is optional in every revision of the protocol, so that a tool without parameters can
#           be called by its name alone, as several client libraries do.
# Seen:     the call without `arguments` gets the error -32600 "Invalid now arguments", also where the tool's schema asks
#           for nothing; the same call with an empty object works. A client that leaves out empty arguments can call no
#           tool of such a server.
# Output:   without arguments: error -32600; with {}: result
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error litemcp@0.9.0 zod@3.25.76 >/dev/null
cat > server.mjs <<'JS'
import { LiteMCP } from 'litemcp';
import { z } from 'zod';

const server = new LiteMCP('probe', '1.0.0');
server.addTool({ name: 'now', description: 'Takes nothing.', parameters: z.object({}), execute: async () => 'noon' });
await server.start();
JS
cat > probe.mjs <<'JS'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const child = spawn(process.execPath, ['server.mjs'], { stdio: ['pipe', 'pipe', 'ignore'] });
const send = (message) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const outcomes = new Map();
createInterface({ input: child.stdout }).on('line', (line) => {
  const message = JSON.parse(line);
  if (message.id === 1) {
    send({ method: 'notifications/initialized' });
    send({ id: 2, method: 'tools/call', params: { name: 'now' } });
    send({ id: 3, method: 'tools/call', params: { name: 'now', arguments: {} } });
  } else if (message.id !== undefined) {
    outcomes.set(message.id, message.error ? `error ${message.error.code}` : 'result');
    if (outcomes.size === 2) child.kill();
  }
});
const clientInfo = { name: 'probe', version: '1.0.0' };
send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } });
const limit = setTimeout(() => child.kill('SIGKILL'), 30_000);
await once(child, 'exit');
clearTimeout(limit);
console.log(`without arguments: ${outcomes.get(2)}; with {}: ${outcomes.get(3)}`);
JS
seen="$(node probe.mjs)"
echo "$seen"
if [ "$seen" = 'without arguments: error -32600; with {}: result' ]; then echo unchanged; else echo CHANGED; exit 1; fi
