import { expect, test } from 'vitest';
import { createRedactor } from './redact.ts';

const base = { package: { runtime: 'command' as const, command: 'x', args: [] }, args: [], isolation: 'AUTO' as const };

test('secrets disappear in every shape a program prints them in', () => {
  const secret = 'p@ss "word"/é';
  const redact = createRedactor({ ...base, env: { A: secret }, secrets: [secret] });
  for (const shape of [
    secret,
    JSON.stringify(secret),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
  ])
    expect(redact(`before ${shape} after`)).not.toMatch(/p@ss|p%40ss|cEBzcyA/);
});

test('each line of a key file counts', () => {
  const redact = createRedactor({
    ...base,
    env: {},
    files: [{ env: 'F', name: 'f', contentBase64: Buffer.from('first-line\nsecond-line').toString('base64') }],
  });
  expect(redact('got second-line')).toBe('got [redacted]');
});

test('unmarked values count from six characters, so that words stay readable', () => {
  const redact = createRedactor({ ...base, env: { A: 'true', B: 'abcdef' } });
  expect(redact('true abcdef')).toBe('true [redacted]');
});

test('the longest secret wins where one contains the other', () => {
  const redact = createRedactor({ ...base, env: {}, secrets: ['abcd', 'abcdefgh'] });
  expect(redact('abcdefgh')).toBe('[redacted]');
});

test('a secret disappears from longer text in base64 too, wherever in it it stands', () => {
  const secret = 'a long enough secret?>';
  const redact = createRedactor({ ...base, env: {}, secrets: [secret] });
  for (const user of ['', 'u', 'us', 'user:', 'another:']) {
    for (const encoding of ['base64', 'base64url'] as const) {
      const redacted = redact(Buffer.from(`${user}${secret}!`).toString(encoding));
      const left = redacted.split('[redacted]').map((rest) => Buffer.from(rest, 'base64').toString('latin1'));
      expect(redacted, user).toContain('[redacted]');
      expect(left.join('')).not.toMatch(/long|enough|secret/);
    }
  }
});

test('a long secret disappears as one, whole or in part', () => {
  const secret = Array.from({ length: 300 }, (_, index) => index.toString(36)).join('-');
  const redact = createRedactor({ ...base, env: {}, secrets: [secret] });
  expect(redact(`before ${secret} after`)).toBe('before [redacted] after');
  expect(redact(secret.slice(0, -20))).not.toContain(secret.slice(0, 128));
});

test('a text that repeats the beginning of a long secret is read in linear time', () => {
  const redact = createRedactor({ ...base, env: {}, secrets: ['a'.repeat(32_000)] });
  const text = `${'a'.repeat(31_999)}b`.repeat(100);
  expect(redact(text)).not.toContain('a'.repeat(128)); // minutes, if each character were compared with the whole
});
