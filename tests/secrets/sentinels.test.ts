import { expect, test } from 'vitest';
import { createSentinels } from './sentinels.ts';

test('finds a value in every shape, at every place of longer text', () => {
  const sentinels = createSentinels();
  const value = sentinels.plant('one');
  sentinels.plant('another');
  const shapes = [
    value,
    JSON.stringify({ value }),
    `https://x.example/?a=${encodeURIComponent(value)}`,
    new URLSearchParams({ value }).toString(),
    Buffer.from(value).toString('hex'),
    ...['', 'u', 'us', 'user:'].map((before) => Buffer.from(`${before}${value}!`).toString('base64')),
    Buffer.from(`user:${value}`).toString('base64url'),
  ];
  for (const shape of shapes) expect(sentinels.foundIn(`before ${shape} after`), shape).toEqual(['one']);
  expect(sentinels.foundIn('nothing of the kind')).toEqual([]);
});
