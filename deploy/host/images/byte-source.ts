import { ImageError } from './image-error.ts';

/** Reads a stream in parts of a known length. */
export type ByteSource = {
  /** The next bytes, whole; null at the end of the stream. Throws an ImageError where it ends in the middle. */
  take(length: number): Promise<Buffer | null>;
  /** Hands the next bytes over as they come. */
  pass(length: number, onBytes: (bytes: Buffer) => void): Promise<void>;
};

export const createByteSource = (stream: AsyncIterable<Buffer>): ByteSource => {
  const chunks = stream[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  const pull = async (): Promise<boolean> => {
    const { done, value } = await chunks.next();
    if (done) return false;
    rest = rest.length === 0 ? value : Buffer.concat([rest, value]);
    return true;
  };
  const cut = (length: number): Buffer => {
    const part = rest.subarray(0, length);
    rest = rest.subarray(length);
    return part;
  };

  return {
    take: async (length) => {
      while (rest.length < length)
        if (!(await pull())) {
          if (rest.length === 0) return null;
          throw new ImageError('damaged', 'A layer of the image ends too early.');
        }
      return cut(length);
    },
    pass: async (length, onBytes) => {
      let left = length;
      while (left > 0) {
        if (rest.length === 0 && !(await pull()))
          throw new ImageError('damaged', 'A layer of the image ends too early.');
        const part = cut(Math.min(left, rest.length));
        left -= part.length;
        onBytes(part);
      }
    },
  };
};
