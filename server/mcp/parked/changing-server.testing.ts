/** A stdio server that raises a change of its tools when it is asked to, and keeps its log level. */
export const changingServer = (name: string): string => `
import { createInterface } from 'node:readline';
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
let level = 'none';
const tools = {
  pid: () => String(process.pid),
  level: () => level,
  change: () => {
    send({ method: 'notifications/tools/list_changed' });
    return 'changed';
  },
};
const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: { listChanged: true }, logging: {} },
    serverInfo: { name: '${name}', version: '1' },
    instructions: 'Call pid.',
  }),
  ping: () => ({}),
  'logging/setLevel': (params) => {
    level = params.level;
    return {};
  },
  'tools/list': () => ({ tools: Object.keys(tools).map((tool) => ({ name: tool, inputSchema: { type: 'object' } })) }),
  'tools/call': ({ name }) => ({ content: [{ type: 'text', text: tools[name]() }] }),
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = answers[method];
  send(answer ? { id, result: answer(params ?? {}) } : { id, error: { code: -32601, message: 'Method not found' } });
});
`;
