#!/usr/bin/env bash
# @openai/agents 0.20.0 (with @modelcontextprotocol/sdk 1.32.2 as the server), seen on 2026-11-29.
#
# Expected: MCPServerStdio.callTool reports that a tool failed (`isError: true` in the MCP result).
# Seen:     callTool resolves with the bare content array. `isError` is gone, so a failed call and a successful one
#           look alike to the caller. `structuredContent` is gone as well.
# Output:   failed     [{"type":"text","text":"no such file"}]
#           structured [{"type":"text","text":"forty-two"}]
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error \
  @openai/agents@0.20.0 @modelcontextprotocol/sdk@1.32.2 zod@4.6.7 >/dev/null

cat > server.mjs <<'JS'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const server = new McpServer({ name: 'probe', version: '1.0.0' });
server.registerTool('failed', {}, () => ({ isError: true, content: [{ type: 'text', text: 'no such file' }] }));
server.registerTool('structured', { outputSchema: { n: z.number() } }, () => ({
  content: [{ type: 'text', text: 'forty-two' }],
  structuredContent: { n: 42 },
}));
await server.connect(new StdioServerTransport());
JS

cat > probe.mjs <<'JS'
import { MCPServerStdio } from '@openai/agents';

const server = new MCPServerStdio({ name: 'probe', command: process.execPath, args: ['server.mjs'] });
await server.connect();
const failed = await server.callTool('failed', {});
const structured = await server.callTool('structured', {});
await server.close();
console.log('failed    ', JSON.stringify(failed));
console.log('structured', JSON.stringify(structured));
const unchanged =
  JSON.stringify(failed) === '[{"type":"text","text":"no such file"}]' &&
  JSON.stringify(structured) === '[{"type":"text","text":"forty-two"}]';
console.log(unchanged ? 'unchanged' : 'CHANGED');
process.exit(unchanged ? 0 : 1);
JS
timeout 60 node probe.mjs
