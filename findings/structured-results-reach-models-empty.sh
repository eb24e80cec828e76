#!/usr/bin/env bash
# @ai-sdk/mcp 2.0.99 with ai 7.0.173, @langchain/mcp-adapters 1.1.4 with @langchain/core 1.4.0, and @strands-agents/sdk 1.19.0,
# seen on 2026-11-30.
#
# Expected: a result with `structuredContent` and an empty `content` reaches the model as its structured part. The text copy
#           is a SHOULD for the sake of older clients (2025-11-25, server/tools, "Structured Content").
# Seen:     the model is shown nothing of it. The AI SDK's `toModelOutput` yields an empty list, LangChain's tool message has
#           an empty content (the data is in its artifact, which models do not get), and Strands replaces the result by a
#           sentence which says that there was no output. A server that leaves out the text copy looks to them like one that
#           returns nothing.
# Output:   ai: []; langchain: []; strands: Tool execution completed successfully with no output.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error @ai-sdk/mcp@2.0.99 ai@7.0.173 \
  @langchain/mcp-adapters@1.1.4 @langchain/core@1.4.0 @strands-agents/sdk@1.19.0 @modelcontextprotocol/sdk@1.32.2 >/dev/null
cat > server.mjs <<'JS'
import { createInterface } from 'node:readline';

const outputSchema = { type: 'object', properties: { degrees: { type: 'number' } }, required: ['degrees'] };
const tool = { name: 'weather', description: 'Weather.', inputSchema: { type: 'object', properties: {} }, outputSchema };
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = (result) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
  const serverInfo = { name: 'weather', version: '1.0.0' };
  if (method === 'initialize')
    answer({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo });
  else if (method === 'tools/list') answer({ tools: [tool] });
  else if (method === 'tools/call') answer({ content: [], structuredContent: { degrees: 21 } });
  else answer({});
});
JS
cat > ai.mjs <<'JS'
import { createMCPClient } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport } from '@ai-sdk/mcp/mcp-stdio';

const transport = new Experimental_StdioMCPTransport({ command: process.execPath, args: ['server.mjs'] });
const { weather } = await (await createMCPClient({ transport })).tools();
const output = await weather.execute({}, { toolCallId: 'one', messages: [] });
const { value } = await weather.toModelOutput({ toolCallId: 'one', input: {}, output });
process.stdout.write(JSON.stringify(value), () => process.exit(0));
JS
cat > langchain.mjs <<'JS'
import { MultiServerMCPClient } from '@langchain/mcp-adapters';

const server = { transport: 'stdio', command: process.execPath, args: ['server.mjs'] };
const [weather] = await new MultiServerMCPClient({ mcpServers: { server } }).getTools();
const { content } = await weather.invoke({ type: 'tool_call', id: 'one', name: weather.name, args: {} });
process.stdout.write(JSON.stringify(content), () => process.exit(0));
JS
cat > strands.mjs <<'JS'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { McpClient } from '@strands-agents/sdk';

const transport = new StdioClientTransport({ command: process.execPath, args: ['server.mjs'] });
const [weather] = await new McpClient({ transport }).listTools();
const stream = weather.stream({ toolUse: { toolUseId: 'one', name: weather.name, input: {} } });
let step = await stream.next();
while (!step.done) step = await stream.next();
process.stdout.write(step.value.content.map(({ text }) => text).join(' '), () => process.exit(0));
JS
seen="ai: $(timeout 60 node ai.mjs 2>/dev/null); langchain: $(timeout 60 node langchain.mjs 2>/dev/null); strands: $(timeout 60 node strands.mjs 2>/dev/null)"
echo "$seen"
if [ "$seen" = 'ai: []; langchain: []; strands: Tool execution completed successfully with no output.' ]; then echo unchanged; else echo CHANGED; exit 1; fi
