import { expect, test } from 'vitest';
import { modernShareKeyOf, shareKeyOf, termsOf } from './share-key.ts';

const client = (changes = {}) => ({ principal: 'a', protocolVersion: '2025-11-25', capabilities: {}, ...changes });

test('with a child for each session there is no key', () => {
  expect(shareKeyOf('PER_SESSION', client())).toBeNull();
  expect(modernShareKeyOf('PER_SESSION', 'a')).toBeNull();
});

test('with one child for everybody all have the same key, in each era another one', () => {
  const shared = shareKeyOf('SHARED', client());
  expect(shared).toBe(shareKeyOf('SHARED', client({ principal: 'b', capabilities: { sampling: {} } })));
  expect(modernShareKeyOf('SHARED', 'a')).toBe(modernShareKeyOf('SHARED', 'b'));
  expect(modernShareKeyOf('SHARED', 'a')).not.toBe(shared);
});

test('otherwise only sessions of one principal on the same terms share', () => {
  const key = shareKeyOf('AUTO', client());
  expect(key).not.toBeNull();
  expect(shareKeyOf('AUTO', client())).toBe(key);
  const others = [{ principal: 'b' }, { protocolVersion: '2025-06-18' }, { capabilities: { tasks: {} } }];
  for (const other of others) expect(shareKeyOf('AUTO', client(other))).not.toBe(key);
});

test.each(['sampling', 'elicitation', 'roots'])('a client with %s has a child of its own', (capability) => {
  expect(shareKeyOf('AUTO', client({ capabilities: { [capability]: {} } }))).toBeNull();
});

test.each([null, 'sampling', undefined])('takes capabilities that are %j for none', (capabilities) => {
  expect(shareKeyOf('AUTO', client({ capabilities }))).toBe(shareKeyOf('AUTO', client()));
  expect(termsOf(client({ capabilities }))).toBe(termsOf(client()));
});

test('in the modern era sessions of one principal share, and a NUL in a name makes no other name', () => {
  expect(modernShareKeyOf('AUTO', 'a')).not.toBe(modernShareKeyOf('AUTO', 'b'));
  expect(modernShareKeyOf('AUTO', 'shared\0')).not.toBe(modernShareKeyOf('SHARED', 'a'));
  expect(shareKeyOf('AUTO', client({ principal: 'a\0' }))).toBe(shareKeyOf('AUTO', client()));
});
