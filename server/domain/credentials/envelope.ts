import { CompactEncrypt, compactDecrypt } from 'jose';
import type { KeyRing } from './key-ring.ts';

/** What an envelope belongs to; it opens for nothing else. */
export type EnvelopeContext = { purpose: 'credentials' | 'host-token' | 'setting'; subject: string; version: number };

export interface Envelopes {
  /** Encrypts text as a compact JWE (`dir`, `A256GCM`, RFC 7516) whose protected header names its context. */
  seal(plaintext: string, context: EnvelopeContext): Promise<string>;
  /** Throws when the key is unknown, the text was changed, or it was sealed for another context. */
  open(envelope: string, context: EnvelopeContext): Promise<string>;
}

export class EnvelopeError extends Error {}

export function createEnvelopes(keys: KeyRing): Envelopes {
  return {
    seal: (plaintext, context) =>
      new CompactEncrypt(new TextEncoder().encode(plaintext))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: keys.current.kid, ...asHeader(context) })
        .encrypt(keys.current.key),
    open: async (envelope, context) => {
      const opened = await compactDecrypt(
        envelope,
        (header) => {
          const key = keys.find(header.kid ?? '');
          if (!key) throw new EnvelopeError(`No key "${header.kid}" in the key ring.`);
          return key;
        },
        { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
      ).catch((cause: unknown) => {
        throw cause instanceof EnvelopeError ? cause : new EnvelopeError('An envelope did not open.', { cause });
      });
      for (const [name, value] of Object.entries(asHeader(context))) {
        if (opened.protectedHeader[name] !== value) throw new EnvelopeError('An envelope belongs to something else.');
      }
      return new TextDecoder().decode(opened.plaintext);
    },
  };
}

const asHeader = ({ purpose, subject, version }: EnvelopeContext) => ({ pur: purpose, sub: subject, ver: version });
