import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareChildEnvironment } from './environment.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'catwalk-child-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const prepare = (config: Parameters<typeof prepareChildEnvironment>[0], commands: string[] = []) =>
  prepareChildEnvironment(
    config,
    { home: folder, temporary: folder, credentials: join(folder, '.credentials'), commands },
    null,
  );
const modeOf = (path: string) => statSync(path).mode & 0o777;

test('writes a file credential of 256 kB byte for byte, readable by its user alone', () => {
  const content = Buffer.alloc(256 * 1024);
  for (let index = 0; index < content.length; index += 1) content[index] = index % 251;
  const files = [{ env: 'KEY_FILE', name: 'key_file', contentBase64: content.toString('base64') }];
  const env = prepare({ env: {}, files });
  const path = env['KEY_FILE'] ?? '';
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(modeOf(path)).toBe(0o600);
  expect(modeOf(dirname(path))).toBe(0o700);
});

test('writes no file credential through a link that an installation left', () => {
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere, { mode: 0o755 });
  symlinkSync(elsewhere, join(folder, '.credentials'));
  const env = prepare({ env: {}, files: [{ env: 'FILE', name: 'key', contentBase64: 'eA==' }] });
  expect(readFileSync(env['FILE'] ?? '', 'utf8')).toBe('x');
  expect([readdirSync(elsewhere), modeOf(elsewhere)]).toEqual([[], 0o755]);
});

test('keeps the mode of a file that is written again, and lets no file name lead out of its folder', () => {
  const file = (name: string) => ({ env: 'FILE', name, contentBase64: Buffer.from('x').toString('base64') });
  for (const name of ['../../escape', '/etc/passwd', '..', '.', '', 'a\0b', '.ssh/authorized_keys', 'plain', 'plain']) {
    const env = prepare({ env: {}, files: [file(name)] });
    expect(dirname(relative(folder, env['FILE'] ?? '')), name).toBe('.credentials');
    expect(modeOf(env['FILE'] ?? '')).toBe(0o600);
  }
});

test('gives a server its own variables and none of the host’s', () => {
  const env = prepare({ env: { MINE: '1' } });
  expect(Object.keys(env).sort()).toEqual(['HOME', 'LANG', 'MINE', 'PATH', 'TMPDIR']);
});

test('puts the commands of the package first on PATH', () => {
  expect(prepare({ env: {} }, ['/package/bin'])['PATH']?.split(':')[0]).toBe('/package/bin');
});
