import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type ModelStandIn = {
  url: string;
  /** Bodies of the questions, in order. */
  asked: Record<string, unknown>[];
  /** The answer to every request from now on. `hang`: never answers. */
  answer: { status: number; content: unknown } | 'hang';
  /** The same, as JSON. */
  says(content: unknown): void;
  close(): Promise<void>;
};

/** A model's API on loopback, as OpenRouter's is, for tests. */
export async function startModelStandIn(): Promise<ModelStandIn> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      standIn.asked.push(JSON.parse(body));
      if (standIn.answer === 'hang') return;
      const { status, content } = standIn.answer;
      const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }];
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after-ms': '1' });
      response.end(JSON.stringify({ id: '1', object: 'chat.completion', created: 1, model: 'm', choices }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: ModelStandIn = {
    // listening on a port, so the address is one
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: [],
    answer: { status: 200, content: '{}' },
    says: (content) => {
      standIn.answer = { status: 200, content: JSON.stringify(content) };
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
  return standIn;
}
