import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * A small MCP server without dependencies: it installs at once and needs no network. It requires DEMO_TOKEN, and builds
 * that name at run time, so that only its error message reveals it. It greets, asks the user for a color, and exits
 * during a call. It has prompts and resources too.
 */
const SERVER = `#!/usr/bin/env node
import { createInterface } from 'node:readline';

const wanted = ['DEMO', 'TOKEN'].join('_');
if (!process.env[wanted]) {
  console.error('Error: ' + wanted + ' environment variable is required');
  process.exit(1);
}
console.error('demo server is listening');

const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
const greet = {
  name: 'greet',
  description: 'Greets a person by name.',
  inputSchema: { type: 'object', properties: { name: { type: 'string', description: 'Name of the person.' } }, required: ['name'] },
};
const ask = { name: 'ask', description: 'Asks for a color.', inputSchema: { type: 'object' } };
const crash = { name: 'crash', description: 'Ends the process.', inputSchema: { type: 'object' } };
const question = {
  message: 'Which color?',
  requestedSchema: { type: 'object', properties: { color: { type: 'string', minLength: 3 } }, required: ['color'] },
};
const asked = new Map();
const tools = {
  greet: (id, args) => {
    console.error('greeting ' + args.name);
    say(id, 'Hello, ' + args.name + '.');
  },
  ask: (id) => {
    asked.set('question ' + id, id);
    send({ id: 'question ' + id, method: 'elicitation/create', params: question });
  },
  crash: () => {
    console.error('something broke');
    process.exit(3);
  },
};
const say = (id, text) => send({ id, result: { content: [{ type: 'text', text }] } });
const capabilities = { tools: {}, prompts: {}, resources: {} };
const toast = {
  name: 'toast',
  description: 'A toast to a guest.',
  arguments: [{ name: 'guest', description: 'Name of the guest.', required: true }, { name: 'tone', description: 'Tone of the toast.' }],
};
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const guests = { uri: 'guests://all', name: 'guests', mimeType: 'application/json', description: 'All guests.' };
const badge = { uri: 'guests://badge.png', name: 'badge', mimeType: 'image/png' };
const guest = { uriTemplate: 'guests://{name}{?year}', name: 'guest', mimeType: 'text/plain' };
const contentOf = (uri) => {
  if (uri === guests.uri) return { uri, mimeType: guests.mimeType, text: '{"guests": ["Ada", "Grace"]}' };
  if (uri === badge.uri) return { uri, mimeType: badge.mimeType, blob: PIXEL };
  return { uri, mimeType: guest.mimeType, text: 'The guest at ' + uri };
};
const answers = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities, serverInfo: { name: 'demo', version: '1.0.0' } }),
  ping: () => ({}),
  'tools/list': () => ({ tools: [greet, ask, crash] }),
  'prompts/list': () => ({ prompts: [toast] }),
  'prompts/get': ({ arguments: { guest, tone } }) => ({
    description: toast.description,
    messages: [
      { role: 'user', content: { type: 'text', text: 'Raise a ' + (tone ?? 'plain') + ' toast to ' + guest + '.' } },
      { role: 'assistant', content: { type: 'resource_link', uri: guests.uri, name: guests.name } },
    ],
  }),
  'resources/list': () => ({ resources: [guests, badge] }),
  'resources/templates/list': () => ({ resourceTemplates: [guest] }),
  'resources/read': ({ uri }) => ({ contents: [contentOf(uri)] }),
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params, result } = JSON.parse(line);
  if (asked.has(id)) return say(asked.get(id), result ? result.action + ' ' + (result.content?.color ?? '') : 'no answer');
  if (id === undefined) return;
  if (method === 'tools/call') return tools[params.name](id, params.arguments ?? {});
  const answer = answers[method];
  send(answer ? { id, result: answer(params) } : { id, error: { code: -32601, message: 'Method not found' } });
});
`;

/** Writes the server below a folder and returns its path, which is a source. */
export async function writeDemoServer(parent: string): Promise<string> {
  const folder = path.join(parent, 'demo-mcp-server');
  await mkdir(folder, { recursive: true });
  const manifest = {
    name: 'demo-mcp-server',
    version: '1.0.0',
    description: 'Greets people over MCP.',
    keywords: ['mcp', 'mcp-server'],
    type: 'module',
    bin: { 'demo-mcp-server': 'server.js' },
  };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  await writeFile(path.join(folder, 'server.js'), SERVER);
  return folder;
}
