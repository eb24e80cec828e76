import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Every program of this name in the folders of a PATH, the first one first. */
export const findOnPath = (name: string, path: string | undefined): string[] =>
  (path ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .filter((file) => existsSync(file));
