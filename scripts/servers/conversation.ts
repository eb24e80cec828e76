import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Boxed } from './boxed.ts';

const messageSchema = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.number()]).nullish(),
  method: z.string().optional(),
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.looseObject({ code: z.number(), message: z.string() }).optional(),
});
export type Message = z.infer<typeof messageSchema>;
export type Ending = { code: number | null; signal: string | null };

const LINES_MAX = 200;

/** Speaks JSON-RPC with a server over its standard streams, and keeps everything else that it prints. */
export function converse(server: Boxed) {
  const waiting = new Map<string | number, (message: Message) => void>();
  const prose: string[] = [];
  const complaints: string[] = [];
  let ending: Ending | null = null;
  const ended = once(server, 'exit').then(([code, signal]) => {
    ending = { code, signal };
    return ending;
  });
  server.stdin.on('error', () => {}); // the server has ended; `ended` says so
  createInterface({ input: server.stdout }).on('line', (line) => {
    const parsed = messageSchema.safeParse(jsonOf(line));
    if (!parsed.success) {
      if (line.trim() !== '' && prose.length < LINES_MAX) prose.push(line);
      return;
    }
    const { id, method } = parsed.data;
    if (method !== undefined) return; // no request of a server is answered here
    if (id !== undefined && id !== null) waiting.get(id)?.(parsed.data);
  });
  createInterface({ input: server.stderr }).on('line', (line) => {
    if (line.trim() !== '' && complaints.length < LINES_MAX) complaints.push(line);
  });
  const send = (message: object) => server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  return {
    /** Lines of stdout that are no messages, and lines of stderr. */
    prose,
    complaints,
    ended,
    ending: () => ending,
    notify: (method: string) => send({ method }),
    /** Resolves to the answer, or to null if the server ends or the time is over. */
    async ask(id: string | number, method: string, params: object, limitMs: number): Promise<Message | null> {
      const timer = Promise.withResolvers<null>();
      const timeout = setTimeout(() => timer.resolve(null), limitMs);
      const answered = new Promise<Message>((resolve) => waiting.set(id, resolve));
      send({ id, method, params });
      try {
        // an answer that is on its way when the process ends is still read
        return await Promise.race([answered, timer.promise, ended.then(() => once(server, 'close')).then(() => null)]);
      } finally {
        clearTimeout(timeout);
        waiting.delete(id);
      }
    },
  };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
