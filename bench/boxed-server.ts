import { type ChildCommand, type ChildHandle, spawnChild } from '#deploy/host/child/child-process.ts';

/** Answers each request with an empty result. */
export const SERVER = `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id } = JSON.parse(line);
  console.log(JSON.stringify({ jsonrpc: '2.0', id, result: {} }));
});`;

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Starts a server over stdio; `ask` sends one request and resolves when it is answered. */
export const start = (command: ChildCommand) => {
  const waiting = new Map<number, () => void>();
  const child: ChildHandle = spawnChild(
    command,
    {
      onLine: (line) => waiting.get((JSON.parse(line) as { id: number }).id)?.(), // the server above wrote it
      onLongLine: () => undefined,
      onStderr: (line) => process.stderr.write(`${line}\n`),
      onExit: ({ requested, code }) => {
        if (!requested) throw new Error(`The server ended with ${code}.`);
      },
    },
    { mark: `bench.${process.pid}` },
  );
  let next = 0;
  const ask = (): Promise<void> => {
    next += 1;
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.set(next, resolve);
    child.send(JSON.stringify({ jsonrpc: '2.0', id: next, method: 'ping' }));
    return promise;
  };
  return { child, ask };
};
