import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { BODY_BYTES_MAX, readBody } from './read-body.ts';

/** The results of reading a body that arrives in the given pieces. */
async function read(...chunks: (string | Buffer)[]): Promise<string[]> {
  const request = new PassThrough();
  const results: string[] = [];
  readBody(request as unknown as IncomingMessage, (text, head) => results.push(text ?? `large: ${head.length}`)); // a stream is all that it reads
  for (const chunk of chunks) request.write(chunk);
  request.end();
  await finished(request, { writable: false });
  return results;
}

test('joins the pieces of a body, one character a byte', async () => {
  expect(await read()).toEqual(['']);
  expect(await read('{"a":1}')).toEqual(['{"a":1}']);
  expect(await read('a', 'b', 'c')).toEqual(['abc']);
  expect(await read(Buffer.from([0xc3]), Buffer.from([0xa9]))).toEqual(['\u00c3\u00a9']);
});

test('reads four megabytes, and reports more than that once, with the first 64 kB', async () => {
  const largest = Buffer.alloc(4 * 1024 * 1024, 'x');
  expect(BODY_BYTES_MAX).toBe(largest.length);
  expect((await read(largest)).map((text) => text.length)).toEqual([largest.length]);
  expect(await read(largest, 'x', 'x')).toEqual(['large: 65536']);
  expect(await read('a'.repeat(10), largest, 'x')).toEqual(['large: 65536']);
});
