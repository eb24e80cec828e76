import { hash } from 'node:crypto';

/** The hash under which a secret of at least 128 random bits is kept. Such a secret needs neither a salt nor a slow hash. */
export const hashSecret = (secret: string): Buffer<ArrayBuffer> =>
  // crypto.hash returns a Buffer of its own; its type leaves the kind of memory open
  hash('sha256', secret, 'buffer') as Buffer<ArrayBuffer>;
