import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isSystemPath } from '../box/system-files.ts';
import type { InstallContext } from './context.ts';

/**
 * Every `python3` on the PATH of an installation, the first one first. A box shows programs of the system alone: a
 * switch between versions in the HOME of the computer's user, such as pyenv's, cannot be started in it.
 */
export const pythonsOnPath = ({ env, box }: Pick<InstallContext, 'env' | 'box'>): string[] =>
  (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'python3'))
    .filter((path) => existsSync(path) && (box === null || isSystemPath(path)));
