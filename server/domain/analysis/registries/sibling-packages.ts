import { UserError } from '../../errors.ts';
import { type FileSet, isCode } from '../files/file-set.ts';
import { TarballError } from '../files/tarball.ts';

type PublishedTarball = { name: string; version: string; integrity: string | null };
type PinningPackage = PublishedTarball & { pinned: Record<string, string> };

const SIBLINGS_MAX = 16;
const CODE_BYTES_MAX = 8_000_000;

/**
 * The rest of a server that is published in parts: dependencies pinned to the server's own version, under a scope or a
 * name of its own. Their settings are the server's, though its own package only puts them together.
 */
export const siblingsOf = ({ version, pinned }: Pick<PinningPackage, 'version' | 'pinned'>): string[] =>
  Object.entries(pinned)
    .filter(([name, wanted]) => wanted === version && name.startsWith('@'))
    .map(([name]) => name)
    .slice(0, SIBLINGS_MAX);

/** Adds the code of its siblings to the files of a package, under their names. Leaves out siblings that cannot be read. */
export async function withSiblings(
  read: (found: PublishedTarball, signal: AbortSignal) => Promise<FileSet>,
  found: PinningPackage,
  own: FileSet,
  signal: AbortSignal,
): Promise<FileSet> {
  const siblings = siblingsOf(found);
  const sets = await Promise.all(
    siblings.map(async (name): Promise<FileSet['files']> => {
      try {
        const { files } = await read({ name, version: found.version, integrity: null }, signal);
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
