import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { fromWire, toWire } from '../bridge/wire-values.ts';

const KEY = randomBytes(32);
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * A cursor is a server's own text, often the name of the next item: clients of a view get it sealed, for one list of one
 * view. Both are raw JSON values.
 */
export const sealCursor = (cursor: string, list: string): string => {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', KEY, iv).setAAD(Buffer.from(list));
  const sealed = Buffer.concat([cipher.update(cursor, 'latin1'), cipher.final()]);
  return toWire(Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url'));
};

/** The server's own cursor; null for one that was not sealed by this host for this list. */
export const openCursor = (sealed: string, list: string): string | null => {
  const text = fromWire(sealed);
  if (typeof text !== 'string') return null;
  const bytes = Buffer.from(text, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', KEY, bytes.subarray(0, IV_BYTES)).setAAD(Buffer.from(list));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const opened = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
    return Buffer.concat([opened, decipher.final()]).toString('latin1');
  } catch {
    return null;
  }
};
