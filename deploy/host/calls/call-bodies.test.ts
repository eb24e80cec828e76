import { expect, test } from 'vitest';
import { redactorOf } from '../redact.ts';
import { createBodyReader } from './call-bodies.ts';

const SECRET = 'hunter"2/ñ';
const wire = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('latin1');
const reader = createBodyReader(redactorOf([SECRET, '73914625']));

test('a known value is redacted in strings, names and numbers, however it is escaped', () => {
  const text = reader.read(
    wire({ [SECRET]: [`a ${SECRET} b`], nested: JSON.stringify({ key: SECRET }), pin: 73914625 }),
  );
  expect(JSON.parse(text)).toEqual({
    '[redacted]': ['a [redacted] b'],
    nested: '{"key":"[redacted]"}',
    pin: '[redacted]',
  });
  const escaped = wire({ key: SECRET }).replace('hunter', '\\u0068unter').replace('/', '\\/');
  expect(reader.read(escaped)).toBe('{"key":"[redacted]"}');
});

const made = (start: string, length: number) => start + 'Ab0'.repeat(length).slice(0, length);

test.each([
  made('ghp_', 36),
  made('github_pat_', 60),
  made('glpat-', 20),
  made('xoxb-', 40),
  made('sk-ant-', 40),
  made('sk_live_', 24),
  'AKIA'.padEnd(20, 'Q'),
  made('AIza', 35),
  `eyJ${made('', 20)}.${made('', 30)}.${made('', 20)}`,
  `Bearer ${made('', 20)}`,
  `-----BEGIN PRIVATE KEY-----\n${made('', 64)}\n-----END PRIVATE KEY-----`,
  `postgres://user:${made('', 12)}@db.ex`,
])('what looks like a secret is redacted: %s', (text) => {
  const read = reader.read(wire({ text: `before ${text} after` }));
  expect(read).toContain('[redacted]');
  expect(read).toContain('after');
  expect(read).not.toContain(text.slice(-16, -10));
});

test('ordinary words stay', () => {
  const text = '{"text":"The sk-learn task and ghp are words; see https://example.com:8080/a@b"}';
  expect(reader.read(text)).toBe(text);
});

test('a body is cut after it was redacted, within no character', () => {
  const long = reader.read(wire(`${'é'.repeat(8_188)}${SECRET}${'x'.repeat(9_000)}`));
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(16 * 1024 + 3);
  expect(long).not.toContain('hun');
  expect(long.endsWith('…')).toBe(true);
  expect(long).not.toContain('\ufffd');
});

test('a very long body is named by its size alone', () => {
  expect(reader.read(wire('x'.repeat(1024 * 1024)))).toBe('[not recorded: 1048578 bytes]');
});

test('of an answer the result or the error is read', () => {
  expect(reader.readAnswer('{"jsonrpc":"2.0","id":1,"result":{"a":1}}')).toBe('{"a":1}');
  expect(reader.readAnswer('{"jsonrpc":"2.0","id":1,"error":{"code":1}}')).toBe('{"code":1}');
  expect(reader.readAnswer('{}')).toBeNull();
});
