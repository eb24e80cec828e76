#!/usr/bin/env bash
# @llamaindex/tools 0.2.1 and @google/adk 2.0.0 with @modelcontextprotocol/sdk 1.32.2, seen on 2026-11-30.
#
# Expected: a client that lists tools follows `nextCursor` to the last page (2025-11-25, server/utilities/pagination:
#           "Clients MUST treat a missing nextCursor as the end of results").
# Seen:     both ask once and keep what the first page holds. An agent built on them never learns that the tools of the
#           other pages exist; there is no warning, and no option that changes it. A server of many tools is complete for
#           them only when it answers with one page.
# Output:   llamaindex: first; adk: first
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error @llamaindex/tools@0.2.1 \
  @google/adk@2.0.0 @modelcontextprotocol/sdk@1.32.2 >/dev/null
cat > server.mjs <<'JS'
import { createInterface } from 'node:readline';

const tool = (name) => ({ name, description: name, inputSchema: { type: 'object', properties: {} } });
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = (result) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
  const serverInfo = { name: 'pages', version: '1.0.0' };
  if (method === 'initialize')
    answer({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo });
  else if (method !== 'tools/list') answer({});
  else if (params?.cursor === 'next') answer({ tools: [tool('second')] });
  else answer({ tools: [tool('first')], nextCursor: 'next' });
});
JS
cat > llamaindex.mjs <<'JS'
import { mcp } from '@llamaindex/tools';

const tools = await mcp({ command: process.execPath, args: ['server.mjs'], verbose: false }).tools();
process.stdout.write(tools.map(({ metadata }) => metadata.name).join(' '), () => process.exit(0));
JS
cat > adk.mjs <<'JS'
import { MCPToolset } from '@google/adk';

const serverParams = { command: process.execPath, args: ['server.mjs'] };
const tools = await new MCPToolset({ type: 'StdioConnectionParams', serverParams }).getTools();
process.stdout.write(tools.map(({ name }) => name).join(' '), () => process.exit(0));
JS
seen="llamaindex: $(timeout 60 node llamaindex.mjs 2>/dev/null); adk: $(timeout 60 node adk.mjs 2>/dev/null)"
echo "$seen"
if [ "$seen" = 'llamaindex: first; adk: first' ]; then echo unchanged; else echo CHANGED; exit 1; fi
