import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Parser } from 'tar';
import { createCollector, type FileSet } from './file-set.ts';

const UNPACKED_BYTES_MAX = 400_000_000;
const ENTRIES_MAX = 50_000;

/** A tarball that is too large to look through, or is no tarball. */
export class TarballError extends Error {}

/**
 * Reads a gzipped tarball in memory: nothing is written, nothing is run. The first path segment (`package/`) is
 * dropped. Bounded in entries, in unpacked bytes, and by the collector in what it keeps.
 * @throws TarballError when a bound is passed or the bytes are no tarball; the signal's reason when it fires.
 */
export async function readTarball(source: Readable, signal: AbortSignal): Promise<FileSet> {
  const collector = createCollector();
  let unpacked = 0;
  let entries = 0;
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      const path = entry.path.split('/').slice(1).join('/');
      unpacked += entry.size;
      if (++entries > ENTRIES_MAX || unpacked > UNPACKED_BYTES_MAX) {
        parser.abort(new TarballError('The package is too large to look through.'));
        return;
      }
      if (entry.type !== 'File' || path === '' || !collector.wants(path, entry.size)) {
        entry.resume();
        return;
      }
      const chunks: Buffer[] = [];
      entry.on('data', (chunk: Buffer) => chunks.push(chunk));
      entry.on('end', () => collector.add(path, Buffer.concat(chunks)));
    },
  });
  try {
    // Parser is a writable stream in all but its type
    await pipeline(source, parser as unknown as NodeJS.WritableStream, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TarballError) throw error;
    throw new TarballError('The tarball could not be read.', { cause: error });
  }
  return collector.result();
}
