#!/usr/bin/env bash
# mcp-framework 0.2.22 with zod 3.25.76, seen on 2026-11-30.
#
# Expected: a tool whose execute() returns a string, as the examples of its README do, answers with that string as the text
#           of its content.
# Seen:     the text is the string as a JSON literal: in quotation marks, with its line breaks and quotation marks escaped.
#           A model reads "\n" where the tool wrote a new line, and a caller has to parse the text to get the text.
# Output:   the text has 20 characters instead of 15: "say \"hi\"\nline 2"
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > package.json <<'JSON'
{ "name": "probe", "version": "1.0.0", "type": "module", "dependencies": { "mcp-framework": "0.2.22", "zod": "3.25.76" } }
JSON
npm install --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null
mkdir -p dist/tools
cat > dist/tools/NoteTool.js <<'JS'
import { MCPTool } from 'mcp-framework';
import { z } from 'zod';

export default class NoteTool extends MCPTool {
  name = 'note';
  description = 'Returns a note.';
  schema = z.object({});
  async execute() {
    return 'say "hi"\nline 2';
  }
}
JS
cat > dist/index.js <<'JS'
import { MCPServer } from 'mcp-framework';

await new MCPServer({ name: 'probe', version: '1.0.0' }).start();
JS
cat > probe.mjs <<'JS'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const child = spawn(process.execPath, ['dist/index.js'], { stdio: ['pipe', 'pipe', 'ignore'] });
const send = (message) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
let text = null;
createInterface({ input: child.stdout }).on('line', (line) => {
  const message = JSON.parse(line);
  if (message.id === 1) {
    send({ method: 'notifications/initialized' });
    send({ id: 2, method: 'tools/call', params: { name: 'note', arguments: {} } });
  } else if (message.id === 2) {
    text = message.result.content[0].text;
    child.kill();
  }
});
const clientInfo = { name: 'probe', version: '1.0.0' };
send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } });
const limit = setTimeout(() => child.kill('SIGKILL'), 30_000);
await once(child, 'exit');
clearTimeout(limit);
console.log(`the text has ${text?.length} characters instead of ${'say "hi"\nline 2'.length}: ${text}`);
JS
seen="$(node probe.mjs)"
echo "$seen"
if [ "$seen" = 'the text has 20 characters instead of 15: "say \"hi\"\nline 2"' ]; then echo unchanged; else echo CHANGED; exit 1; fi
