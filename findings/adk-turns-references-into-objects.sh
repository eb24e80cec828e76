#!/usr/bin/env bash
# @google/adk 2.0.0 with @modelcontextprotocol/sdk 1.32.2, seen on 2026-11-30.
#
# Expected: a parameter whose schema is a `$ref` into `$defs`, as generators write it for a type that is used twice, is declared to
#           the model with the referenced schema: a string with two choices.
# Seen:     the reference is not resolved: the parameter is declared as an object without properties. The model is asked
#           for an object where the server takes one of two words, so that a model which follows the declaration has its call
#           refused. The same schema written in place is declared rightly.
# Output:   in place: {"type":"STRING","enum":["celsius","kelvin"]}; by reference: {"type":"OBJECT","properties":{}}
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --loglevel=error \
  @google/adk@2.0.0 @modelcontextprotocol/sdk@1.32.2 >/dev/null
cat > server.mjs <<'JS'
import { createInterface } from 'node:readline';

const unit = { type: 'string', enum: ['celsius', 'kelvin'] };
const tool = {
  name: 'weather',
  description: 'Weather.',
  inputSchema: { type: 'object', properties: { direct: unit, referenced: { $ref: '#/$defs/unit' } }, $defs: { unit } },
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = (result) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
  const serverInfo = { name: 'weather', version: '1.0.0' };
  if (method === 'initialize')
    answer({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo });
  else if (method === 'tools/list') answer({ tools: [tool] });
  else answer({});
});
JS
cat > probe.mjs <<'JS'
import { InMemorySessionService, LlmAgent, MCPToolset, Runner } from '@google/adk';
import { BaseLlm } from '@google/adk';

/** A model that keeps the declarations it is given, and answers with one word. */
class Listener extends BaseLlm {
  async *generateContentAsync(request) {
    const [{ functionDeclarations }] = request.config.tools;
    const { direct, referenced } = functionDeclarations[0].parameters.properties;
    const seen = `in place: ${JSON.stringify(direct)}; by reference: ${JSON.stringify(referenced)}`;
    process.stdout.write(seen, () => process.exit(0));
    yield { content: { role: 'model', parts: [{ text: 'Done.' }] } };
  }
}
const serverParams = { command: process.execPath, args: ['server.mjs'] };
const toolset = new MCPToolset({ type: 'StdioConnectionParams', serverParams });
const agent = new LlmAgent({ name: 'probe', model: new Listener({ model: 'listener' }), tools: [toolset] });
const sessionService = new InMemorySessionService();
const session = await sessionService.createSession({ appName: 'probe', userId: 'one' });
const runner = new Runner({ appName: 'probe', agent, sessionService });
const newMessage = { role: 'user', parts: [{ text: 'Hello.' }] };
for await (const _ of runner.runAsync({ userId: 'one', sessionId: session.id, newMessage }));
JS
seen="$(timeout 60 node probe.mjs 2>/dev/null)"
echo "$seen"
expected='in place: {"type":"STRING","enum":["celsius","kelvin"]}; by reference: {"type":"OBJECT","properties":{}}'
if [ "$seen" = "$expected" ]; then echo unchanged; else echo CHANGED; exit 1; fi
