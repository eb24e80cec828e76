/**
 * The child of the benchmark: answers `tools/call` with its argument and does as little as possible besides. The argument
 * names what it speaks: `legacy` (the default) or `modern`.
 */
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

const isModern = process.argv[2] === 'modern';
const text = (value: unknown) => ({
  content: [{ type: 'text', text: String(value) }],
  ...(isModern ? { resultType: 'complete' } : {}),
});

/** Null for a method that the server does not have. */
const resultOf = (method: string, params: { protocolVersion?: string; arguments?: { text?: unknown } }): unknown => {
  switch (method) {
    case 'initialize':
      return isModern
        ? null
        : {
            protocolVersion: params.protocolVersion,
            capabilities: { tools: {} },
            serverInfo: { name: 'echo', version: '1.0.0' },
          };
    case 'server/discover':
      return isModern
        ? { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: { tools: {} } }
        : null;
    case 'tools/call':
      return text(params.arguments?.text);
    default:
      return isModern ? null : {};
  }
};

let asked = 0;

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined || method === undefined) return;
  if (method === 'tools/call' && params.name === 'ask') {
    asked += 1;
    const question = { message: 'Which one?', requestedSchema: { type: 'object', properties: {} } };
    return send({ jsonrpc: '2.0', id: `ask ${asked}`, method: 'elicitation/create', params: question });
  }
  const result = resultOf(method, params ?? {});
  send(
    result === null
      ? { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } }
      : { jsonrpc: '2.0', id, result },
  );
});
