import { chmod, chown, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { childPath } from '../child/environment.ts';
import { openBuild } from './build.ts';
import type { InstallContext } from './context.ts';

const NOBODY = { uid: 65_534, gid: 65_534 };
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'catwalk-build-'));
  await chmod(root, 0o711);
});
afterEach(() => rm(root, { recursive: true, force: true }));

test.runIf(process.getuid?.() === 0)('a build whose folders became links copies with its own rights', async () => {
  const folder = join(root, 'package');
  const kept = join(root, 'kept');
  for (const made of [folder, kept, join(root, 'commands')]) await mkdir(made);
  await chown(folder, NOBODY.uid, NOBODY.gid);
  await chmod(kept, 0o700);
  await writeFile(join(kept, 'key'), 'a key of the host', { mode: 0o600 });
  // stands for a compiler: it is found, and never run
  await writeFile(join(root, 'commands', 'cargo'), '#!/bin/sh\n', { mode: 0o755 });

  const context = {
    env: { PATH: `${join(root, 'commands')}:${childPath()}` },
    ...{ user: NOBODY, box: null, timeFactor: 1, log: () => {}, signal: new AbortController().signal },
  } as unknown as InstallContext; // the rest is for other installers
  const build = await openBuild({ compiler: 'cargo', source: folder, label: 'a-mcp' }, folder, context);
  const copy = build.copy(join(kept, 'key'), join(folder, 'bin', 'key'));
  await expect(copy).rejects.toThrow('could not be copied');

  const own = join(folder, 'build', 'own');
  await writeFile(own, 'a program', { mode: 0o755 });
  await build.copy(own, join(folder, 'bin', 'own'));
  await rm(join(folder, 'bin'), { recursive: true });
  await symlink(kept, join(folder, 'bin'));
  await expect(build.copy(own, join(folder, 'bin', 'own'))).rejects.toThrow('could not be copied');
  expect(await readdir(kept)).toEqual(['key']);
});
