import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from '../find-on-path.ts';
import { removeTree } from '../remove-tree.ts';
import type { BoxSettings } from '../wall-contract.ts';
import { createBox } from './box.ts';

const PROBE_MS_MAX = 10_000;
/** Debian, Ubuntu, Fedora, Arch and Alpine all call it so. */
const INSTALL = 'Install bubblewrap (Debian and Ubuntu: apt-get install bubblewrap).';

export type BoxProbe =
  | { works: true; bubblewrap: string; version: string }
  /** `reason` is a sentence, `hint` says what to do. */
  | { works: false; reason: string; hint: string };

const run = promisify(execFile);

const explain = (text: string): { reason: string; hint: string } => {
  if (
    /user namespace|No permissions to create new namespace|uid map|Operation not permitted|Permission denied/i.test(
      text,
    )
  )
    return {
      reason: `The system does not let this user make a box (${text}).`,
      hint: 'Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1 or kernel.apparmor_restrict_unprivileged_userns=0; in a container, its runtime must permit them), or run Catwalk as root.',
    };
  return { reason: `A box could not be made: ${text}`, hint: 'See docs/machines.md for what boxes need.' };
};

/** Runs one harmless program in a box with these settings. Resolves to null if it worked, else to what went wrong. */
const tryBox = async (settings: BoxSettings): Promise<string | null> => {
  const folder = await mkdtemp(join(tmpdir(), 'catwalk-box-'));
  try {
    const box = createBox(settings, folder);
    const { command, args, cwd, env } = box.wrap(
      { command: '/bin/sh', args: ['-c', 'echo $$'], cwd: '/tmp', env: { PATH: '/usr/bin:/bin' } },
      { writable: [] },
    );
    const { stdout } = await run(command, args, { cwd, env, timeout: PROBE_MS_MAX });
    return Number(stdout) > 0 && Number(stdout) < 10 ? null : 'The processes in it were not apart from others.';
  } catch (error) {
    const text = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    return text.split('\n').at(-1) || String(error);
  } finally {
    await removeTree(folder);
  }
};

/** Finds out by a real start if boxes can be made on this computer. */
export const probeBox = async (settings: Omit<BoxSettings, 'bubblewrap'>, path: string): Promise<BoxProbe> => {
  if (process.platform !== 'linux')
    return { works: false, reason: 'Boxes need Linux.', hint: 'Run Catwalk on Linux, or in a Linux virtual machine.' };
  const [bubblewrap] = findOnPath('bwrap', path);
  if (bubblewrap === undefined) return { works: false, reason: 'bubblewrap is not installed.', hint: INSTALL };
  if (settings.user !== null && findOnPath('setpriv', path).length === 0)
    return {
      works: false,
      reason: 'setpriv is not installed, which takes the rights of root away from servers.',
      hint: 'Install util-linux.',
    };
  const [trouble, { stdout }] = await Promise.all([
    tryBox({ ...settings, bubblewrap }),
    run(bubblewrap, ['--version'], { timeout: PROBE_MS_MAX }),
  ]);
  if (trouble !== null) return { works: false, ...explain(trouble) };
  return { works: true, bubblewrap, version: stdout.trim().replace(/^\D+/, '') };
};
