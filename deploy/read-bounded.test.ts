import { expect, test } from 'vitest';
import { readBounded } from './read-bounded.ts';

const streamOf = (...chunks: string[]) => {
  const read = { pulled: 0, canceled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[read.pulled];
        read.pulled += 1;
        if (chunk === undefined) controller.close();
        else controller.enqueue(Buffer.from(chunk));
      },
      cancel() {
        read.canceled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, read };
};

test('a body up to the limit is read whole', async () => {
  const { body } = streamOf('ab', 'cd');
  expect((await readBounded(body, 4))?.toString()).toBe('abcd');
  expect((await readBounded(null, 4))?.length).toBe(0);
});

test('a larger body is given up at once, and its connection too', async () => {
  const { body, read } = streamOf('ab', 'cde', 'f');
  expect(await readBounded(body, 4)).toBeNull();
  expect(read).toEqual({ pulled: 2, canceled: true });
});
