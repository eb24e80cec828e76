#!/usr/bin/env bash
# @modelcontextprotocol/server 2.4.0 beside @modelcontextprotocol/sdk 1.32.2, seen on 2026-11-29.
#
# Expected: requests that were read before stdin ended are answered, as in `printf '…' | node server.mjs`.
# Seen:     SDK v2 (`serveStdio`) runs the tool to its end, stays alive for it, and then writes no answer. SDK v1 answers.
#           A bridge that closes a child's stdin before the last answers have come loses them with v2 alone.
# Output:   v1 ran: true, answered: true
#           v2 ran: true, answered: false
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error \
  @modelcontextprotocol/server@2.4.0 @modelcontextprotocol/sdk@1.32.2 zod@4.6.7 >/dev/null

cat > v1.mjs <<'JS'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { slow } from './slow.mjs';

const server = new McpServer({ name: 'probe', version: '1.0.0' });
server.registerTool('slow', {}, slow);
await server.connect(new StdioServerTransport());
JS
cat > v2.mjs <<'JS'
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { slow } from './slow.mjs';

serveStdio(() => {
  const server = new McpServer({ name: 'probe', version: '1.0.0' });
  server.registerTool('slow', {}, slow);
  return server;
});
JS
cat > slow.mjs <<'JS'
import { setTimeout } from 'node:timers/promises';

export const slow = async () => {
  await setTimeout(1000);
  console.error('the tool ran to its end');
  return { content: [{ type: 'text', text: 'done' }] };
};
JS

requests() {
  echo '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"probe","version":"1.0.0"}}}'
  echo '{"jsonrpc":"2.0","method":"notifications/initialized"}'
  echo '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"slow","arguments":{}}}'
}
for version in v1 v2; do requests | timeout 30 node "$version.mjs" > "$version.out" 2> "$version.err" || true; done
holds() { grep -q "$1" "$2" && echo true || echo false; }
line() { echo "$1 ran: $(holds 'ran to its end' "$1.err"), answered: $(holds '"id":2' "$1.out")"; }
line v1
line v2
if [ "$(line v1)" = 'v1 ran: true, answered: true' ] && [ "$(line v2)" = 'v2 ran: true, answered: false' ]; then
  echo unchanged
else
  cat v?.out v?.err
  echo CHANGED
  exit 1
fi
