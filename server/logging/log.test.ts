import { expect, test } from 'vitest';
import { createKnownSecrets } from '../domain/credentials/known-secrets.ts';
import { createLog } from './log.ts';

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
