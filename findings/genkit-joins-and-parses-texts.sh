#!/usr/bin/env bash
# @genkit-ai/mcp 1.42.0 with genkit 1.42.0, seen on 2026-11-30.
#
# Expected: the texts of a tool result reach the caller as they are, each a block of its own.
# Seen:     several texts are joined without anything between them, and a text that happens to be a JSON object or array is
#           replaced by the parsed value, while the text of a number stays a text. The type of what a tool returns depends on
#           what its text looks like.
# Output:   two texts: "firstsecond"; digits: "7"; array: [7]; object: {"a":1}
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error @genkit-ai/mcp@1.42.0 genkit@1.42.0 >/dev/null
cat > server.mjs <<'JS'
import { createInterface } from 'node:readline';

const texts = { two: ['first', 'second'], digits: ['7'], array: ['[7]'], object: ['{"a":1}'] };
const tools = Object.keys(texts).map((name) => ({ name, description: name, inputSchema: { type: 'object', properties: {} } }));
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = (result) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
  const serverInfo = { name: 'texts', version: '1.0.0' };
  if (method === 'initialize')
    answer({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo });
  else if (method === 'tools/list') answer({ tools });
  else if (method === 'tools/call') answer({ content: texts[params.name].map((text) => ({ type: 'text', text })) });
  else answer({});
});
JS
cat > probe.mjs <<'JS'
import { createMcpClient } from '@genkit-ai/mcp';
import { genkit } from 'genkit';

const client = createMcpClient({ name: 's', mcpServer: { command: process.execPath, args: ['server.mjs'] } });
await client.ready();
const tools = await client.getActiveTools(genkit({}));
const call = async (name) => JSON.stringify(await tools.find(({ __action }) => __action.name.endsWith(name))({}));
const outcome = `two texts: ${await call('two')}; digits: ${await call('digits')}; array: ${await call('array')}; object: ${await call('object')}`;
process.stdout.write(outcome, () => process.exit(0));
JS
seen="$(timeout 60 node probe.mjs 2>/dev/null)"
echo "$seen"
if [ "$seen" = 'two texts: "firstsecond"; digits: "7"; array: [7]; object: {"a":1}' ]; then echo unchanged; else echo CHANGED; exit 1; fi
