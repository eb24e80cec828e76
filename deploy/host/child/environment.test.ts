import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareChildEnvironment } from './environment.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'catwalk-child-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = {
  package: { runtime: 'command' as const, command: 'x', args: [] },
  args: [],
  isolation: 'AUTO' as const,
};
const modeOf = (path: string) => statSync(path).mode & 0o777;

test('a file credential of 256 kB is in the machine byte for byte, readable by its user alone', () => {
  const content = Buffer.alloc(256 * 1024);
  for (let index = 0; index < content.length; index += 1) content[index] = index % 251;
  const files = [{ env: 'KEY_FILE', name: 'key_file', contentBase64: content.toString('base64') }];
  const { env, home } = prepareChildEnvironment({ ...config, env: {}, files }, folder, null);
  const path = env['KEY_FILE'] ?? '';
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(modeOf(path)).toBe(0o600);
  expect(modeOf(dirname(path))).toBe(0o700);
  expect(modeOf(home)).toBe(0o700);
});

test('a file that is written again keeps its mode, and no name leads out of its folder', () => {
  const file = (name: string) => ({ env: 'FILE', name, contentBase64: Buffer.from('x').toString('base64') });
  for (const name of ['../../escape', '/etc/passwd', '..', '.', '', 'a\0b', '.ssh/authorized_keys', 'plain', 'plain']) {
    const { env, home } = prepareChildEnvironment({ ...config, env: {}, files: [file(name)] }, folder, null);
    expect(dirname(relative(home, env['FILE'] ?? '')), name).toBe('.credentials');
    expect(modeOf(env['FILE'] ?? '')).toBe(0o600);
  }
});

test('a server sees its own variables and nothing of the host’s', () => {
  const { env } = prepareChildEnvironment({ ...config, env: { MINE: '1' } }, folder, null);
  expect(Object.keys(env).sort()).toEqual(['HOME', 'LANG', 'MINE', 'PATH', 'TMPDIR']);
});
