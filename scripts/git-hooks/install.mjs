/**
 * Copies the commit-msg hook into this checkout. Run by `npm ci`, which also runs in images, in unpacked tarballs and in
 * CI: there is nothing to set up there, so every failure is silent. An existing hook is never replaced.
 */
import { spawnSync } from 'node:child_process';
import { constants, copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const folder = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const root = path.resolve(folder, '../..');

const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';

// a tarball that is unpacked inside another repository is not this repository's checkout
const isCheckout = path.resolve(git('rev-parse', '--show-toplevel') || '/') === root;
if (isCheckout && !process.env.CI) {
  const hooks = path.resolve(root, git('rev-parse', '--git-path', 'hooks'));
  try {
    mkdirSync(hooks, { recursive: true });
    copyFileSync(path.join(folder, 'commit-msg'), path.join(hooks, 'commit-msg'), constants.COPYFILE_EXCL);
  } catch {
    // a hook is there already, or the folder cannot be written
  }
}
