import { isSystemPath } from '../box/system-files.ts';
import { findOnPath } from '../find-on-path.ts';
import type { InstallContext } from './context.ts';

/**
 * Every `python3` on the PATH of an installation, the first one first. A box shows programs of the system alone: a
 * switch between versions in the HOME of the computer's user, such as pyenv's, cannot be started in it.
 */
export const pythonsOnPath = ({ env, box }: Pick<InstallContext, 'env' | 'box'>): string[] =>
  findOnPath('python3', env['PATH']).filter((path) => box === null || isSystemPath(path));
