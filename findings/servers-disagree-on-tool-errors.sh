#!/usr/bin/env bash
# @modelcontextprotocol/sdk 1.32.2, @modelcontextprotocol/server 2.4.0, tmcp 1.20.0 (with @tmcp/transport-stdio 0.5.0),
# seen on 2026-11-29.
#
# Expected: a tool that throws yields a result with `isError: true`, and an unknown tool yields a protocol error
#           (2025-11-25, server/tools, "Error Handling").
# Seen:     only SDK v2 does so. SDK v1 answers both with `isError` results; tmcp does the exact opposite of the
#           specification: a thrown error is the protocol error -32603, an unknown tool a result with `isError`. A program that
#           counts failed calls must look at both forms and cannot tell a missing tool from a failing one.
# Output:   sdk-v1 throws: isError; unknown: isError
#           sdk-v2 throws: isError; unknown: -32602
#           tmcp throws: -32603; unknown: isError
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error @modelcontextprotocol/sdk@1.32.2 \
  @modelcontextprotocol/server@2.4.0 tmcp@1.20.0 @tmcp/transport-stdio@0.5.0 zod@4.6.7 >/dev/null

cat > throws.mjs <<'JS'
export const throws = async () => {
  throw new Error('the disk is full');
};
JS
cat > sdk-v1.mjs <<'JS'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { throws } from './throws.mjs';

const server = new McpServer({ name: 'probe', version: '1.0.0' });
server.registerTool('throws', {}, throws);
await server.connect(new StdioServerTransport());
JS
cat > sdk-v2.mjs <<'JS'
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { throws } from './throws.mjs';

serveStdio(() => {
  const server = new McpServer({ name: 'probe', version: '1.0.0' });
  server.registerTool('throws', {}, throws);
  return server;
});
JS
cat > tmcp.mjs <<'JS'
import { StdioTransport } from '@tmcp/transport-stdio';
import { McpServer } from 'tmcp';
import { throws } from './throws.mjs';

const info = { name: 'probe', version: '1.0.0' };
const server = new McpServer(info, { adapter: undefined, capabilities: { tools: {} } });
server.tool({ name: 'throws', description: 'Throws an error' }, throws);
new StdioTransport(server).listen();
JS

cat > probe.mjs <<'JS'
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const wanted = {
  'sdk-v1': 'throws: isError; unknown: isError',
  'sdk-v2': 'throws: isError; unknown: -32602',
  tmcp: 'throws: -32603; unknown: isError',
};
let changed = false;
for (const [name, line] of Object.entries(wanted)) {
  const client = new Client({ name: 'probe', version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [`${name}.mjs`], stderr: 'ignore' }),
  );
  const outcome = (tool) =>
    client.callTool({ name: tool, arguments: {} }).then(
      ({ isError }) => (isError ? 'isError' : 'ok'),
      ({ code }) => String(code),
    );
  const seen = `throws: ${await outcome('throws')}; unknown: ${await outcome('unknown')}`;
  await client.close();
  console.log(name, seen);
  changed ||= seen !== line;
}
console.log(changed ? 'CHANGED' : 'unchanged');
process.exit(changed ? 1 : 0);
JS
timeout 60 node probe.mjs
