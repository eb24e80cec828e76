#!/usr/bin/env bash
# @mastra/mcp 2.0.0 with @mastra/core 1.71.0 and zod 4.6.7, and @modelcontextprotocol/sdk 1.32.2 as the client, seen on 2026-11-30.
#
# Expected: a stdio server made with a framework can be started by the desktop clients and editors of the day, which open with
#           `initialize`; the server library below it, @modelcontextprotocol/server 2.4.0, speaks both by default.
# Seen:     `startStdio` refuses `initialize` with -32022, and has no option to serve it; only 2026-07-28 is served. A
#           client on SDK v1 cannot connect to a server that was upgraded from version 1 of the framework.
# Output:   initialize: -32022, supported: 2026-07-28; server/discover: 2026-07-28
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error \
  @mastra/mcp@2.0.0 @mastra/core@1.71.0 zod@4.6.7 @modelcontextprotocol/sdk@1.32.2 >/dev/null
cat > server.mjs <<'JS'
import { createTool } from '@mastra/core/tools';
import { MCPServer } from '@mastra/mcp';
import { z } from 'zod';

const now = createTool({ id: 'now', description: 'The time.', inputSchema: z.object({}), execute: async () => 'noon' });
await new MCPServer({ name: 'clock', version: '1.0.0', tools: { now } }).startStdio();
JS
cat > initialize.mjs <<'JS'
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const transport = new StdioClientTransport({ command: process.execPath, args: ['server.mjs'], stderr: 'ignore' });
const client = new Client({ name: 'probe', version: '1.0.0' });
const outcome = await client.connect(transport).then(
  () => 'connected',
  ({ code, data }) => `${code}, supported: ${data?.supported}`,
);
process.stdout.write(outcome, () => process.exit(0));
JS
cat > discover.mjs <<'JS'
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const child = spawn(process.execPath, ['server.mjs'], { stdio: ['pipe', 'pipe', 'ignore'] });
const _meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'probe', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'server/discover', params: { _meta } })}\n`);
for await (const line of createInterface({ input: child.stdout })) {
  const { result, error } = JSON.parse(line);
  process.stdout.write(result ? result.supportedVersions.join(' ') : String(error.code));
  break;
}
child.kill();
JS
seen="initialize: $(timeout 60 node initialize.mjs 2>/dev/null); server/discover: $(timeout 60 node discover.mjs 2>/dev/null)"
echo "$seen"
expected='initialize: -32022, supported: 2026-07-28; server/discover: 2026-07-28'
if [ "$seen" = "$expected" ]; then echo unchanged; else echo CHANGED; exit 1; fi
