import { expect, test } from 'vitest';
import { requestKey } from './idempotency.ts';

test('binds a key to its sender and its input, and keeps neither readable', () => {
  const key = requestKey('ann', 'key-1', { name: 'secret-name' });
  expect(key).toEqual({ ownerId: 'ann', keyHash: expect.any(String), inputHash: expect.any(String) });
  expect(requestKey('ann', 'key-1', { name: 'secret-name' })).toEqual(key);
  expect(requestKey('ann', 'key-2', {}).keyHash).not.toBe(key.keyHash);
  expect(requestKey('ann', 'key-1', {}).inputHash).not.toBe(key.inputHash);
  expect(JSON.stringify(key)).not.toMatch(/key-1|secret-name/);
});

test.each([
  ['', false],
  ['   ', false],
  ['k', true],
  ['k'.repeat(200), true],
  ['k'.repeat(201), false],
])('a key is accepted only with 1 to 200 characters: %j', (key, accepted) => {
  const make = () => requestKey('ann', key, {});
  if (accepted) expect(make).not.toThrow();
  else expect(make).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
});
