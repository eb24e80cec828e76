#!/usr/bin/env bash
# @mastra/mcp 2.0.0 (with @modelcontextprotocol/sdk 1.32.2 as the server), seen on 2026-11-29.
#
# Expected: a tool result that carries both `content` and `structuredContent` reaches the caller whole. The specification
#           (2025-11-25, server/tools, "Structured Content") lets a tool send both, and an image exists in `content` alone.
# Seen:     the tool's `execute` resolves with `structuredContent` only. The text and the image in `content` are gone;
#           without `structuredContent` the same content arrives.
# Output:   both  {"n":42}
#           plain {"content":[{"type":"text","text":"a chart"},{"type":"image", …
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error \
  @mastra/mcp@2.0.0 @modelcontextprotocol/sdk@1.32.2 zod@4.6.7 >/dev/null

cat > server.mjs <<'JS'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const content = [
  { type: 'text', text: 'a chart' },
  { type: 'image', data: 'iVBORw0KGgo=', mimeType: 'image/png' },
];
const server = new McpServer({ name: 'probe', version: '1.0.0' });
server.registerTool('plain', {}, () => ({ content }));
server.registerTool('both', { outputSchema: { n: z.number() } }, () => ({ content, structuredContent: { n: 42 } }));
await server.connect(new StdioServerTransport());
JS

cat > probe.mjs <<'JS'
import { MCPClient } from '@mastra/mcp';

const client = new MCPClient({ id: 'probe', servers: { s: { command: process.execPath, args: ['server.mjs'] } } });
const tools = await client.listTools();
const both = await tools.s_both.execute({}, {});
const plain = await tools.s_plain.execute({}, {});
await client.disconnect();
console.log('both ', JSON.stringify(both));
console.log('plain', JSON.stringify(plain));
const unchanged = JSON.stringify(both) === '{"n":42}' && plain?.content?.length === 2;
console.log(unchanged ? 'unchanged' : 'CHANGED');
process.exit(unchanged ? 0 : 1);
JS
timeout 60 node probe.mjs
