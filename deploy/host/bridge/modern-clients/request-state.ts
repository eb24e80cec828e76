import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { isRecord } from '../../records.ts';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const STATE_CHARACTERS_MAX = 1_024;

/** The request that a state belongs to. A state opens only for the same one. */
export type Origin = { principal: string; method: string; digest: string };

/** `call` names the pending call, or is null if the request is to be made again; `round` is used once. */
export type StateContent = { call: string | null; round: string; expiresAt: number };

export type RequestStates = {
  seal(content: StateContent, origin: Origin): string;
  /** Null for a state that was changed, that belongs to another request or another host, or that has expired. */
  open(state: unknown, origin: Origin, now: number): StateContent | null;
};

/**
 * Seals what the modern era hands to clients between two rounds of a request (2026-07-28, multi round-trip requests,
 * server requirements 4 and 5). The key lives as long as the host, as the pending calls do.
 */
export const createRequestStates = (machineId: string): RequestStates => {
  const key = randomBytes(KEY_BYTES);
  const binding = ({ principal, method, digest }: Origin) =>
    Buffer.from(JSON.stringify([machineId, principal, method, digest]));

  return {
    seal(content, origin) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(binding(origin));
      const sealed = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open(state, origin, now) {
      if (typeof state !== 'string' || state.length > STATE_CHARACTERS_MAX) return null;
      const bytes = Buffer.from(state, 'base64url');
      // Decoding skips characters outside the alphabet, so two texts could open as one state.
      if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== state) return null;
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(binding(origin))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        const text =
          decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
        const content: StateContent = JSON.parse(text); // sealed by this host
        return content.expiresAt > now ? content : null;
      } catch {
        return null; // the tag does not fit
      }
    },
  };
};

const NOT_SALIENT = new Set(['_meta', 'inputResponses', 'requestState']);

const sorted = (_key: string, value: unknown): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;

/** The digest of a request's params, without the members in which the rounds differ and whatever their order. */
export const digestOf = (params: unknown): string => {
  const salient = isRecord(params)
    ? Object.fromEntries(Object.entries(params).filter(([name]) => !NOT_SALIENT.has(name)))
    : params;
  return createHash('sha256')
    .update(JSON.stringify(salient, sorted) ?? '')
    .digest('base64url');
};
