#!/usr/bin/env bash
# @genkit-ai/mcp 1.42.0 with genkit 1.42.0, seen on 2026-11-30.
#
# Expected: a tool whose input schema names its dialect, JSON Schema 2020-12, can be called. It is the default dialect of
#           the protocol since 2025-11-25 (basic, "JSON Schema Usage"), and schema libraries write the `$schema` key by themselves.
# Seen:     the tool is listed, and each call of it fails before anything is sent: the validator knows no schema under the
#           dialect's address. The same tool without the `$schema` key works.
# Output:   without $schema: ok; with $schema: no schema with key or ref; calls that the server received: 1
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error @genkit-ai/mcp@1.42.0 genkit@1.42.0 >/dev/null
cat > server.mjs <<'JS'
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const plain = { type: 'object', properties: {} };
const dialect = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...plain };
const tools = [
  { name: 'plain', description: 'Without.', inputSchema: plain },
  { name: 'dialect', description: 'With.', inputSchema: dialect },
];
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = (result) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
  const serverInfo = { name: 'dialects', version: '1.0.0' };
  if (method === 'initialize')
    answer({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo });
  else if (method === 'tools/list') answer({ tools });
  else if (method === 'tools/call') {
    appendFileSync('calls', '.');
    answer({ content: [{ type: 'text', text: 'ok' }] });
  } else answer({});
});
JS
cat > probe.mjs <<'JS'
import { existsSync, readFileSync } from 'node:fs';
import { createMcpClient } from '@genkit-ai/mcp';
import { genkit } from 'genkit';

const client = createMcpClient({ name: 's', mcpServer: { command: process.execPath, args: ['server.mjs'] } });
await client.ready();
const tools = await client.getActiveTools(genkit({}));
const call = async (name) => {
  const tool = tools.find(({ __action }) => __action.name.endsWith(name));
  return tool({}).catch(({ message }) => message.match(/no schema with key or ref/)?.[0] ?? message);
};
const outcome = `without $schema: ${await call('plain')}; with $schema: ${await call('dialect')}`;
const calls = existsSync('calls') ? readFileSync('calls').length : 0;
process.stdout.write(`${outcome}; calls that the server received: ${calls}`, () => process.exit(0));
JS
seen="$(timeout 60 node probe.mjs 2>/dev/null)"
echo "$seen"
if [ "$seen" = 'without $schema: ok; with $schema: no schema with key or ref; calls that the server received: 1' ]; then echo unchanged; else echo CHANGED; exit 1; fi
