#!/usr/bin/env bash
# @langchain/mcp-adapters 1.1.4 with @langchain/core 1.4.0, seen on 2026-11-30.
#
# Expected: a text resource that a tool embeds in its result reaches the model, like the text block beside it.
# Seen:     embedded resources, texts included, go into the message's artifact, which models are not shown; a result that holds
#           nothing else has an empty content. A `resource_link` of the same file stays in the content. A server that
#           returns documents as embedded resources returns nothing to such an agent.
# Output:   embedded: []; link: [{"type":"file","source_type":"url","url":"file:///notes.txt","mime_type":"text/plain"}]
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error \
  @langchain/mcp-adapters@1.1.4 @langchain/core@1.4.0 >/dev/null
cat > server.mjs <<'JS'
import { createInterface } from 'node:readline';

const uri = 'file:///notes.txt';
const blocks = {
  embedded: { type: 'resource', resource: { uri, mimeType: 'text/plain', text: 'The notes.' } },
  link: { type: 'resource_link', uri, name: 'notes.txt', mimeType: 'text/plain' },
};
const tools = Object.keys(blocks).map((name) => ({ name, description: name, inputSchema: { type: 'object', properties: {} } }));
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = (result) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
  const serverInfo = { name: 'documents', version: '1.0.0' };
  if (method === 'initialize')
    answer({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo });
  else if (method === 'tools/list') answer({ tools });
  else if (method === 'tools/call') answer({ content: [blocks[params.name]] });
  else answer({});
});
JS
cat > probe.mjs <<'JS'
import { MultiServerMCPClient } from '@langchain/mcp-adapters';

const server = { transport: 'stdio', command: process.execPath, args: ['server.mjs'] };
const tools = await new MultiServerMCPClient({ mcpServers: { server } }).getTools();
const call = async (name) => {
  const tool = tools.find((one) => one.name === name);
  const { content } = await tool.invoke({ type: 'tool_call', id: 'one', name, args: {} });
  return JSON.stringify(content);
};
process.stdout.write(`embedded: ${await call('embedded')}; link: ${await call('link')}`, () => process.exit(0));
JS
seen="$(timeout 60 node probe.mjs 2>/dev/null)"
echo "$seen"
expected='embedded: []; link: [{"type":"file","source_type":"url","url":"file:///notes.txt","mime_type":"text/plain"}]'
if [ "$seen" = "$expected" ]; then echo unchanged; else echo CHANGED; exit 1; fi
