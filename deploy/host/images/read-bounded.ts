import type { ImageError } from './image-error.ts';

/** Reads the body of a registry's answer. Throws `tooLarge` where it is longer. */
export const readBounded = async (response: Response, bytesMax: number, tooLarge: ImageError): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > bytesMax) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
