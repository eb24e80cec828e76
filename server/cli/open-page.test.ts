import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openPage } from './open-page.ts';

test('gives the browser a page of this user alone, and no secret of the environment', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'catwalk-open-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const opener = '#!/bin/sh\nenv > "$HOME/new"\necho "ARGUMENT=$1" >> "$HOME/new"\nmv "$HOME/new" "$HOME/seen"\n';
  await writeFile(path.join(folder, 'xdg-open'), opener, { mode: 0o700 });
  const wanted = { PATH: `${folder}:/usr/bin:/bin`, HOME: folder, DISPLAY: ':7', XDG_RUNTIME_DIR: '/run/user/7' };
  const secrets = { DATABASE_URL: 'secret', ENCRYPTION_KEY: 'secret', FLY_API_TOKEN: 'secret', XDG: 'secret' };
  expect(await openPage('http://localhost:1/sign-in?token=secret', folder, 'linux', { ...wanted, ...secrets })).toBe(
    true,
  );
  const seen = await expect
    .poll(() => readFile(path.join(folder, 'seen'), 'utf8').catch(() => null), { timeout: 10_000 })
    .not.toBeNull()
    .then(() => readFile(path.join(folder, 'seen'), 'utf8'));
  for (const [name, value] of Object.entries(wanted)) expect(seen.split('\n')).toContain(`${name}=${value}`);
  expect(seen).toMatch(/^ARGUMENT=file:.*open\.html$/m);
  expect(seen).not.toContain('secret');
});
