import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ImageError } from './image-error.ts';
import type { Descriptor } from './read-image.ts';
import type { RegistryReader } from './registry-access.ts';

/** A layer of some hundred MB over a slow line. */
const BLOB_MS_MAX = 10 * 60_000;
const ATTEMPTS_MAX = 4;

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.size ?? 0;

const digestOfFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest('hex')}`;
};

/** Appends what an answer brings, never more than the whole. */
const append = async (path: string, answer: Response, from: number, size: number): Promise<void> => {
  const file = await open(path, from === 0 ? 'w' : 'a', 0o600);
  try {
    let total = from;
    for await (const chunk of answer.body ?? []) {
      total += chunk.length;
      if (total > size) throw new ImageError('damaged', 'A layer of the image is larger than its manifest says.');
      await file.writeFile(chunk);
    }
  } finally {
    await file.close();
  }
};

/**
 * Downloads a part of an image into a file, and checks its digest before anything reads it. A download that breaks off
 * goes on where it stopped, where the registry can.
 */
export const downloadBlob = async (
  reader: RegistryReader,
  { digest, size }: Descriptor,
  path: string,
  signal: AbortSignal,
): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    const have = attempt === 1 ? 0 : await sizeOf(path);
    try {
      if (have < size || size === 0) {
        const headers: Record<string, string> = have === 0 ? {} : { range: `bytes=${have}-` };
        const answer = await reader.get({ path: `blobs/${digest}`, headers, timeoutMs: BLOB_MS_MAX }, signal);
        if (answer.status !== 200 && answer.status !== 206) {
          await answer.body?.cancel();
          throw new ImageError('not-found', `The registry lacks a layer of ${reader.repository} (${answer.status}).`);
        }
        await append(path, answer, answer.status === 206 ? have : 0, size);
      }
      if ((await sizeOf(path)) !== size) throw new ImageError('unavailable', 'A layer of the image broke off.');
      break;
    } catch (cause) {
      signal.throwIfAborted();
      const isFinal = cause instanceof ImageError && cause.kind !== 'unavailable';
      if (isFinal) throw cause;
      if (attempt === ATTEMPTS_MAX)
        throw new ImageError('unavailable', `A layer of ${reader.repository} could not be downloaded.`, {
          cause,
          hint: 'Try again in some minutes.',
        });
    }
  }
  if ((await digestOfFile(path)) !== digest)
    throw new ImageError('damaged', `A layer of ${reader.repository} is not what its manifest names.`, {
      hint: 'Analyze the source again; if it happens again, do not trust this image.',
    });
};
