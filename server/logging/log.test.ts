import { expect, test } from 'vitest';
import { createKnownSecrets } from '../domain/credentials/known-secrets.ts';
import { createLog, logDestination } from './log.ts';

const SECRET = 'p@ss "word" of the database';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  const known = createKnownSecrets([SECRET]);
  known.rememberOpened(JSON.stringify({ rendered: { secrets: ['a-credential-value'] } }), { purpose: 'credentials' });
  known.rememberOpened('a-host-token-value', { purpose: 'host-token' });
  write(createLog('trace', { write: (line) => lines.push(line) }, known.redact));
  return lines.join('');
}

test('a known secret is not written under any key, in any message, error or shape', () => {
  const text = logged((log) => {
    log.info({ anything: SECRET, deep: { er: [SECRET] } }, `connecting with ${SECRET}`);
    log.error({ err: new Error(`could not use ${SECRET}`, { cause: new Error('a-credential-value') }) }, 'failed');
    log.warn(`https://x.example/?key=${encodeURIComponent(SECRET)}&b=${Buffer.from(SECRET).toString('base64')}`);
    log.debug({ line: 'a-host-token-value and a-credential-value' }, 'host');
  });
  expect(text.split('\n')).toHaveLength(5);
  for (const line of text.trim().split('\n')) {
    expect(() => JSON.parse(line), 'each line is still JSON').not.toThrow();
    expect(line).toContain('[redacted]');
  }
  expect(text).not.toContain('word');
  expect(text).not.toContain(encodeURIComponent(SECRET));
  expect(text).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 20));
  expect(text).not.toContain('a-credential-value');
  expect(text).not.toContain('a-host-token-value');
});

test('an unknown text that looks like a token is not written', () => {
  const tokens = [
    `cw_${'A1b2'.repeat(10)}`,
    `cwt_${'A1b2'.repeat(10)}`,
    `ghp_${'a'.repeat(36)}`,
    `sk-or-v1-${'0'.repeat(64)}`,
  ];
  const text = logged((log) => {
    for (const token of tokens) log.info(`sent ${token}, refused`);
    log.info('authorization was Bearer abcdefgh.ijklmnop=');
    log.info('postgres://catwalk:hunter2@db.internal:5432/catwalk did not answer');
  });
  for (const token of [...tokens, 'abcdefgh.ijklmnop', 'hunter2']) expect(text).not.toContain(token);
  expect(text).toContain('db.internal:5432/catwalk did not answer');
});

test('keys that hold secrets are emptied whatever they hold', () => {
  const text = logged((log) => log.info({ headers: { authorization: 'x', cookie: 'y' }, token: 'z' }, 'request'));
  expect(JSON.parse(text)).toMatchObject({ headers: { authorization: '[redacted]' }, token: '[redacted]' });
});

test('a line for people shows its time, level, message and fields, and still no secret', () => {
  const lines: string[] = [];
  const known = createKnownSecrets([SECRET]);
  const people = logDestination('pretty', { write: (line) => lines.push(line) });
  createLog('info', people, known.redact).warn({ part: 'database', note: SECRET }, 'The database is away.');
  const [line = ''] = lines;
  expect(line).toMatch(/^\[\d\d:\d\d:\d\d\] WARN: The database is away\.\n/);
  expect(line).toContain('part: "database"');
  expect(line).not.toContain('word');
});

test('a line of a million characters of any kind is redacted in linear time', () => {
  const known = createKnownSecrets();
  for (const repeated of ['a', 'eyJ-', 'cw_', '://a:', ':', 'Bearer ', 'sk-or-', 'FlyV1 ']) {
    const text = repeated.repeat(1_000_000 / repeated.length);
    expect(known.redact(text).length).toBeGreaterThan(0); // hours, if it were quadratic
  }
  expect(known.redact('postgres://user:sentinel@host/db')).toBe('postgres://user:[redacted]@host/db');
});
