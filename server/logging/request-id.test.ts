import { expect, test } from 'vitest';
import { createLog } from './log.ts';
import { createRequestIds, withRequestId } from './request-id.ts';

test('fresh ids differ, within a process and between two', () => {
  const [one, other] = [createRequestIds(), createRequestIds()];
  const ids = Array.from({ length: 1_000 }, () => [one(null), other(null)]).flat();
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/);
});

test("a caller's traceparent names its request", () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  expect(createRequestIds()(traceparent)).toBe('0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331');
});

test.each([
  '',
  'nonsense',
  '00-00000000000000000000000000000000-b7ad6b7169203331-01',
  '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
  'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\u0085forged',
  '00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01',
])('a traceparent that is none names nothing: %j', (traceparent) => {
  expect(createRequestIds()(traceparent)).toMatch(/^[0-9a-f]{12}-1$/);
});

test('lines that follow from a request carry its id, and no others do', async () => {
  const lines: { msg: string; requestId?: string }[] = [];
  const log = createLog('info', { write: (line) => lines.push(JSON.parse(line)) });
  await withRequestId('one', async () => {
    await new Promise((resolve) => setImmediate(resolve));
    log.info('inside the request');
  });
  log.info('outside of a request');
  expect(lines.map(({ msg, requestId }) => [msg, requestId])).toEqual([
    ['inside the request', 'one'],
    ['outside of a request', undefined],
  ]);
});
