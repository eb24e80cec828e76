/** The child of the benchmark: answers `tools/call` with its argument and does as little as possible besides. */
import { createInterface } from 'node:readline';

let outbox = '';
const send = (message: unknown) => {
  if (outbox === '') setImmediate(flush);
  outbox += `${JSON.stringify(message)}\n`;
};
const flush = () => {
  process.stdout.write(outbox);
  outbox = '';
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const result =
    method === 'initialize'
      ? {
          protocolVersion: params.protocolVersion,
          capabilities: { tools: {} },
          serverInfo: { name: 'echo', version: '1.0.0' },
        }
      : method === 'tools/call'
        ? { content: [{ type: 'text', text: String(params.arguments?.text) }] }
        : {};
  send({ jsonrpc: '2.0', id, result });
});
