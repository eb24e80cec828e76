import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** The files that git knows or would add: neither ignored ones nor deleted ones. Paths are relative to `root`. */
export function listProjectFiles(root: string): string[] {
  const { stdout, status } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${root} is not a git checkout.`);
  return stdout.split('\0').filter((file) => file !== '' && existsSync(path.join(root, file)));
}
