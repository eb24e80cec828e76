#!/usr/bin/env bash
# @anthropic-ai/sdk 1.14.0 (helpers/beta/mcp) with @modelcontextprotocol/sdk 1.32.2, seen on 2026-11-30.
#
# Expected: a tool result of a text and a `resource_link`, or of a text and audio, yields at least its text. Both kinds of
#           block are in the protocol since 2025-06-18 and 2025-03-26 (server/tools, "Tool Result").
# Seen:     the helper refuses the whole result, text included, with UnsupportedMCPValueError, after the server has done
#           its work. A model sees a failed call and may repeat what has an effect.
# Output:   text: 1 block; text and link: UnsupportedMCPValueError; text and audio: UnsupportedMCPValueError; calls: 3
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error \
  @anthropic-ai/sdk@1.14.0 @modelcontextprotocol/sdk@1.32.2 >/dev/null
cat > server.mjs <<'JS'
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const text = { type: 'text', text: 'Written.' };
const results = {
  text: [text],
  link: [text, { type: 'resource_link', uri: 'file:///report.txt', name: 'report.txt' }],
  audio: [text, { type: 'audio', data: 'UklGRg==', mimeType: 'audio/wav' }],
};
const tools = Object.keys(results).map((name) => ({ name, description: name, inputSchema: { type: 'object', properties: {} } }));
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = (result) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
  const serverInfo = { name: 'reports', version: '1.0.0' };
  if (method === 'initialize')
    answer({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo });
  else if (method === 'tools/list') answer({ tools });
  else if (method === 'tools/call') {
    appendFileSync('calls', '.');
    answer({ content: results[params.name] });
  } else answer({});
});
JS
cat > probe.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { mcpTools } from '@anthropic-ai/sdk/helpers/beta/mcp';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const client = new Client({ name: 'probe', version: '1.0.0' });
await client.connect(new StdioClientTransport({ command: process.execPath, args: ['server.mjs'] }));
const { tools } = await client.listTools();
const runnable = mcpTools(tools, client);
const call = async (name) => {
  const tool = runnable.find((one) => one.name === name);
  try {
    return `${(await tool.run({})).length} block`;
  } catch (error) {
    return error.constructor.name;
  }
};
const outcome = `text: ${await call('text')}; text and link: ${await call('link')}; text and audio: ${await call('audio')}`;
process.stdout.write(`${outcome}; calls: ${readFileSync('calls').length}`, () => process.exit(0));
JS
seen="$(timeout 60 node probe.mjs 2>/dev/null)"
echo "$seen"
expected='text: 1 block; text and link: UnsupportedMCPValueError; text and audio: UnsupportedMCPValueError; calls: 3'
if [ "$seen" = "$expected" ]; then echo unchanged; else echo CHANGED; exit 1; fi
