#!/usr/bin/env bash
# @modelcontextprotocol/sdk 1.32.2, @modelcontextprotocol/server 2.4.0, fastmcp 4.20.16, tmcp 1.20.0 (with
# @tmcp/transport-stdio 0.5.0) and litemcp 0.9.0, seen on 2026-11-29.
#
# Expected: a server that agrees on protocol version 2025-03-26 answers a JSON-RPC batch ("Implementations … MUST support
#           receiving JSON-RPC batches", 2025-03-26, basic, "Batching") or refuses it with an error.
# Seen:     all five agree on 2025-03-26, write nothing for a batch of two pings, neither answers nor an error, and go on
#           to answer the single ping that follows. A relay must take batches apart itself.
# Output:   five lines such as: sdk-v1 agreed on 2025-03-26; answered: 1,3
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"

# Their ranges for zod differ, so that each has a folder of its own.
folder() {
  mkdir "$1" && cd "$1" && shift
  npm init -y >/dev/null
  npm install --no-audit --no-fund --ignore-scripts --loglevel=error "$@" >/dev/null
  cd ..
}
folder sdk-v1 @modelcontextprotocol/sdk@1.32.2 zod@4.6.7
folder sdk-v2 @modelcontextprotocol/server@2.4.0 zod@4.6.7
folder fastmcp fastmcp@4.20.16 zod@4.6.7
folder tmcp tmcp@1.20.0 @tmcp/transport-stdio@0.5.0
folder litemcp litemcp@0.9.0

cat > sdk-v1/server.mjs <<'JS'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';

await new McpServer({ name: 'probe', version: '1.0.0' }).connect(new StdioServerTransport());
JS
cat > sdk-v2/server.mjs <<'JS'
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

serveStdio(() => new McpServer({ name: 'probe', version: '1.0.0' }));
JS
cat > fastmcp/server.mjs <<'JS'
import { FastMCP } from 'fastmcp';

const server = new FastMCP({ name: 'probe', version: '1.0.0' });
await server.start({ transportType: 'stdio' });
JS
cat > tmcp/server.mjs <<'JS'
import { StdioTransport } from '@tmcp/transport-stdio';
import { McpServer } from 'tmcp';

const server = new McpServer({ name: 'probe', version: '1.0.0' }, { adapter: undefined, capabilities: {} });
new StdioTransport(server).listen();
JS
cat > litemcp/server.mjs <<'JS'
import { LiteMCP } from 'litemcp';

await new LiteMCP('probe', '1.0.0').start();
JS

cat > probe.mjs <<'JS'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const [folder] = process.argv.slice(2);
const child = spawn(process.execPath, ['server.mjs'], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] });
const send = (message) => child.stdin.write(`${JSON.stringify(message)}\n`);
const ping = (id) => ({ jsonrpc: '2.0', id, method: 'ping' });
const answered = [];
let version = null;
const lines = createInterface({ input: child.stdout });
lines.on('line', (line) => {
  for (const message of [JSON.parse(line)].flat()) {
    if (message.id === undefined || message.method) continue;
    answered.push(message.id);
    if (message.id === 1) {
      version = message.result.protocolVersion;
      send({ jsonrpc: '2.0', method: 'notifications/initialized' });
      send([ping('a'), ping('b')]);
      send(ping(3));
    }
    if (message.id === 3) setTimeout(() => child.kill(), 1000); // time for late answers
  }
});
send({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'probe', version: '1.0.0' } },
});
const limit = setTimeout(() => child.kill('SIGKILL'), 30_000);
await once(child, 'exit');
clearTimeout(limit);
console.log(`${folder} agreed on ${version}; answered: ${answered.join(',')}`);
JS
status=0
for name in sdk-v1 sdk-v2 fastmcp tmcp litemcp; do
  seen="$(node probe.mjs "$name")"
  echo "$seen"
  [ "$seen" = "$name agreed on 2025-03-26; answered: 1,3" ] || status=1
done
[ "$status" = 0 ] && echo unchanged || echo CHANGED
exit "$status"
