import { UserError } from '../../errors.ts';
import { type FileSet, isCode } from '../files/file-set.ts';
import { TarballError } from '../files/tarball.ts';
import type { NpmPackage, NpmRegistry } from './npm.ts';

const SIBLINGS_MAX = 16;
const CODE_BYTES_MAX = 8_000_000;

/**
 * The rest of a server that is published in parts: dependencies pinned to the server's own version, under a scope or a
 * name of its own. Their settings are the server's, though its own package only puts them together.
 */
export const siblingsOf = ({ version, pinned }: Pick<NpmPackage, 'version' | 'pinned'>): string[] =>
  Object.entries(pinned)
    .filter(([name, wanted]) => wanted === version && name.startsWith('@'))
    .map(([name]) => name)
    .slice(0, SIBLINGS_MAX);

/** The package's files with the code of its siblings, under their names; what cannot be read is left out. */
export async function withSiblings(
  npm: NpmRegistry,
  found: NpmPackage,
  own: FileSet,
  signal: AbortSignal,
): Promise<FileSet> {
  const siblings = siblingsOf(found);
  const sets = await Promise.all(
    siblings.map(async (name): Promise<FileSet['files']> => {
      try {
        const { files } = await npm.readPackage({ name, version: found.version, integrity: null }, signal);
        return files.flatMap(({ path, text }) => (isCode(path) ? [{ path: `${name}/${path}`, text }] : []));
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof TarballError || error instanceof UserError) return [];
        throw error;
      }
    }),
  );
  let bytes = 0;
  const code = sets.flat().filter(({ text }) => {
    bytes += text.length;
    return bytes <= CODE_BYTES_MAX;
  });
  return code.length === 0 ? own : { ...own, files: [...own.files, ...code] };
}
