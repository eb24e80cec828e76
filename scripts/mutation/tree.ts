import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Generated files that tests load and Git does not keep. */
const GENERATED = ['prisma/generated', 'schema/generated', 'client/src/generated', 'server/cli/generated'];

/** A copy of the working tree in which lines may be broken: the files of the developer are never touched. */
export function copyTree(root: string): { root: string; remove(): void } {
  const copy = mkdtempSync(path.join(tmpdir(), 'catwalk-mutation-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of [...listed.split('\0'), ...GENERATED]) {
    const from = path.join(root, file);
    if (file === '' || !existsSync(from)) continue;
    const to = path.join(copy, file);
    mkdirSync(path.dirname(to), { recursive: true });
    cpSync(from, to, { recursive: true });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  return { root: copy, remove: () => rmSync(copy, { recursive: true, force: true }) };
}
