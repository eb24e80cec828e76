import { CompactEncrypt, compactDecrypt } from 'jose';
import type { KeyRing } from './key-ring.ts';

/** The record that an envelope belongs to; it opens for nothing else. */
export type EnvelopeContext = {
  purpose:
    | 'credentials'
    | 'personal-values'
    | 'call-bodies'
    | 'host-token'
    | 'setting'
    | 'deploy-response'
    | 'remote-connection'
    | 'remote-sign-in';
  subject: string;
  version: number;
};

export interface Envelopes {
  /** Encrypts text as a compact JWE (`dir`, `A256GCM`, RFC 7516) whose protected header names its context. */
  seal(plaintext: string, context: EnvelopeContext): Promise<string>;
  /** Throws when the key is unknown, the text was changed, or it was sealed for another context. */
  open(envelope: string, context: EnvelopeContext): Promise<string>;
  /** The same for the same context, with the present key. */
  reseal(envelope: string): Promise<string>;
}

export class EnvelopeError extends Error {}

/** `onOpened` receives each plaintext, so that it can be kept out of logs. */
export function createEnvelopes(
  keys: KeyRing,
  onOpened: (plaintext: string, context: EnvelopeContext) => void = () => {},
): Envelopes {
  const decrypt = (envelope: string) =>
    compactDecrypt(
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

  const encrypt = (plaintext: Uint8Array, { pur, sub, ver }: { pur?: unknown; sub?: unknown; ver?: unknown }) => {
    const { kid, key } = keys.current;
    const header = { alg: 'dir', enc: 'A256GCM', kid, pur, sub, ver };
    return new CompactEncrypt(plaintext).setProtectedHeader(header).encrypt(key);
  };

  return {
    seal: (plaintext, context) => encrypt(new TextEncoder().encode(plaintext), asHeader(context)),
    open: async (envelope, context) => {
      const opened = await decrypt(envelope);
      for (const [name, value] of Object.entries(asHeader(context))) {
        if (opened.protectedHeader[name] !== value) throw new EnvelopeError('An envelope belongs to something else.');
      }
      const plaintext = new TextDecoder().decode(opened.plaintext);
      onOpened(plaintext, context);
      return plaintext;
    },
    reseal: async (envelope) => {
      const { plaintext, protectedHeader } = await decrypt(envelope);
      const { pur, sub, ver } = protectedHeader as Record<string, unknown>; // whatever context it was sealed with
      return encrypt(plaintext, { pur, sub, ver });
    },
  };
}

const asHeader = ({ purpose, subject, version }: EnvelopeContext) => ({ pur: purpose, sub: subject, ver: version });
