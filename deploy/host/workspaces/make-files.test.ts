import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeFiles } from './workspaces.ts';

test('a link that an installation left in the place of HOME leads nowhere', async () => {
  const root = mkdtempSync(join(tmpdir(), 'catwalk-make-files-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [folder, elsewhere] = [join(root, 'copy'), join(root, 'elsewhere')];
  mkdirSync(elsewhere, { mode: 0o755 });
  const program = {
    copyInto: async (into: string) => {
      mkdirSync(into);
      symlinkSync(elsewhere, join(into, 'home'));
    },
  };
  await makeFiles(program, folder, null);
  expect([readdirSync(elsewhere), statSync(elsewhere).mode & 0o777]).toEqual([[], 0o755]);
  expect(readdirSync(folder)).toContain('home');
});
