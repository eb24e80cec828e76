/** A child whose tool says at what time it wrote: on one computer all processes read the same monotonic clock. */
import { createInterface } from 'node:readline';

const send = (message: object) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  if (method === 'initialize') {
    const serverInfo = { name: 'stamp', version: '1.0.0' };
    send({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo } });
    return;
  }
  if (method === 'tools/call') {
    const { progressToken } = params._meta;
    const message = String(process.hrtime.bigint());
    send({ method: 'notifications/progress', params: { progressToken, progress: 1, message } });
  }
  // In a turn of its own, so that the note does not wait for the answer.
  setImmediate(() => send({ id, result: { content: [] } }));
});
