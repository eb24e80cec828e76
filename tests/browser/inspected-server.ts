import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BOARD_APP } from './board-app.ts';

/**
 * A small MCP server without dependencies for the playground: a tool marked as destructive, one whose structured content
 * can break its schema, one that asks a language model, log messages, sound, a prompt with completion, and an app that tries
 * what it may not do.
 */
const SERVER = `#!/usr/bin/env node
import { createInterface } from 'node:readline';

const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
const text = (text) => ({ content: [{ type: 'text', text }] });
const object = (properties, required = []) => ({ type: 'object', properties, required });
const LONG = 'a_tool_with_a_name_that_is_much_longer_than_the_column_in_which_its_form_stands_on_most_screens';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';
const APP = 'text/html;profile=mcp-app';
const BOARD = ${JSON.stringify(BOARD_APP).replaceAll('<', '\\u003c')};
const asked = new Map();
const tools = [
  {
    name: 'wipe',
    description: 'Deletes everything.',
    inputSchema: object({ folder: { type: 'string' } }),
    annotations: { destructiveHint: true },
    run: ({ folder }) => text('Wiped ' + folder + '.'),
  },
  {
    name: 'weather',
    description: 'Measures.',
    inputSchema: object({ broken: { type: 'boolean' } }),
    outputSchema: object({ degrees: { type: 'number' } }, ['degrees']),
    run: ({ broken }) => {
      send({ method: 'notifications/message', params: { level: 'warning', logger: 'sensor', data: 'Measured.' } });
      const structuredContent = { degrees: broken ? 'warm' : 21 };
      return { ...text(JSON.stringify(structuredContent)), structuredContent };
    },
  },
  { name: 'think', description: 'Asks a model.', inputSchema: object({}) },
  {
    name: 'sound',
    description: 'Plays.',
    inputSchema: object({}),
    run: () => ({ content: [{ type: 'audio', mimeType: 'audio/wav', data: WAV }] }),
  },
  {
    name: 'board',
    description: 'Shows an app.',
    inputSchema: object({ title: { type: 'string' } }),
    _meta: { ui: { resourceUri: 'ui://inspected/board' } },
    run: ({ title }) => text('Board of ' + title + '.'),
  },
  { name: LONG, description: 'Has a long name.', inputSchema: object({}), run: () => text('Long.') },
];
const toast = { name: 'toast', description: 'A toast.', arguments: [{ name: 'guest', required: true }] };
const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {}, resources: {}, prompts: {}, logging: {}, completions: {} },
    serverInfo: { name: 'inspected', version: '1.0.0' },
  }),
  ping: () => ({}),
  'logging/setLevel': () => ({}),
  'tools/list': () => ({ tools: tools.map(({ run, ...tool }) => tool) }),
  'resources/list': () => ({ resources: [{ uri: 'ui://inspected/board', name: 'board', mimeType: APP }] }),
  'resources/read': ({ uri }) => ({ contents: [{ uri, mimeType: APP, text: BOARD }] }),
  'prompts/list': () => ({ prompts: [toast] }),
  'prompts/get': ({ arguments: { guest } }) => ({ messages: [{ role: 'user', content: { type: 'text', text: 'To ' + guest + '!' } }] }),
  'completion/complete': ({ argument: { value } }) => ({
    completion: { values: ['Ada Lovelace', 'Grace Hopper'].filter((name) => name.startsWith(value)) },
  }),
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params, result } = JSON.parse(line);
  if (asked.has(id)) return send({ id: asked.get(id), result: text('The model: ' + (result?.content?.text ?? 'declined')) });
  if (id === undefined) return;
  if (method === 'tools/call' && params.name === 'think') {
    asked.set('model ' + id, id);
    const messages = [{ role: 'user', content: { type: 'text', text: 'Say something.' } }];
    return send({ id: 'model ' + id, method: 'sampling/createMessage', params: { messages, maxTokens: 50 } });
  }
  const tool = method === 'tools/call' && tools.find(({ name }) => name === params.name);
  const answer = tool ? () => tool.run(params.arguments ?? {}) : answers[method];
  send(answer ? { id, result: answer(params) } : { id, error: { code: -32601, message: 'Method not found' } });
});
`;

/** Writes the server below a folder and returns its path, which is a source. */
export async function writeInspectedServer(parent: string): Promise<string> {
  const folder = path.join(parent, 'inspected-mcp-server');
  await mkdir(folder, { recursive: true });
  const manifest = {
    name: 'inspected-mcp-server',
    version: '1.0.0',
    description: 'Shows what the playground can do.',
    keywords: ['mcp', 'mcp-server'],
    type: 'module',
    bin: { 'inspected-mcp-server': 'server.js' },
  };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  await writeFile(path.join(folder, 'server.js'), SERVER);
  return folder;
}
