import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import { type Message, readJson } from './messages.ts';

const LIVE_MAX = 10_000;
/** A session id travels in a header. */
const ID_CHARACTERS_MAX = 6_000;
const STATE_BYTES_MAX = 64 * 1024;
const SEAL_BYTES = 18;

/** A session at a member. */
export type MemberSession = { id: string; protocolVersion: string };

const stateSchema = z.object({
  /** Makes every session another one. */
  nonce: z.string(),
  protocolVersion: z.string(),
  /** The parameters with which its client began, for members that are opened later. */
  initialize: z.record(z.string(), z.unknown()),
  /** By deployment and view, since a prefix may come to mean another deployment. */
  members: z.record(z.string(), z.object({ id: z.string(), protocolVersion: z.string() })),
});

type SessionState = z.infer<typeof stateSchema>;

/** A session of a client at a bundle, as this process knows it. */
export type LiveSession = SessionState & {
  /** Sessions of members that were opened since, or are being opened. */
  opened: Map<string, Promise<MemberSession>>;
  /** Members that answer calls, by the id of the call as JSON. */
  calls: Map<string, string>;
};

export type BundleSessions = {
  /** A new session; null if its id would be too long for a header. */
  create(principal: string, state: Omit<SessionState, 'nonce'>): string | null;
  /** Null for an id that was changed, is of another caller, or has ended. */
  find(principal: string, id: string): LiveSession | null;
  end(id: string): void;
};

/** Keeps what a session has to know of the client: its name may come with pictures. */
export const initializeToKeep = (params: Message): Message => {
  const { clientInfo } = params;
  const { name, version } = z
    .object({ name: z.string().catch(''), version: z.string().catch('') })
    .catch({ name: '', version: '' })
    .parse(clientInfo);
  return {
    protocolVersion: params['protocolVersion'],
    capabilities: params['capabilities'] ?? {},
    clientInfo: { name, version },
  };
};

/**
 * Sessions of a bundle live in their ids: the sessions of its members, sealed with the token of the release and bound to the
 * caller. So every instance finds them, and none is lost with a process.
 */
export function createBundleSessions(token: string): BundleSessions {
  const live = new Map<string, LiveSession>();
  const ended = new Map<string, true>();

  const sealOf = (principal: string, body: string): Buffer =>
    createHmac('sha256', token).update(`bundle-session\0${principal}\0${body}`).digest().subarray(0, SEAL_BYTES);

  const read = (principal: string, id: string): SessionState | null => {
    const [body = '', seal = ''] = id.split('.');
    const given = Buffer.from(seal, 'base64url');
    const expected = sealOf(principal, body);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    const text = inflateRawSync(Buffer.from(body, 'base64url'), { maxOutputLength: STATE_BYTES_MAX }).toString();
    return stateSchema.parse(readJson(text));
  };

  return {
    create: (principal, state) => {
      const text = JSON.stringify({ nonce: randomBytes(9).toString('base64url'), ...state });
      const body = deflateRawSync(text).toString('base64url');
      const id = `${body}.${sealOf(principal, body).toString('base64url')}`;
      return id.length > ID_CHARACTERS_MAX ? null : id;
    },
    find: (principal, id) => {
      if (ended.has(id) || id.length > ID_CHARACTERS_MAX) return null;
      const state = read(principal, id);
      if (state === null) return null;
      const known = live.get(id) ?? { ...state, opened: new Map(), calls: new Map() };
      live.delete(id);
      live.set(id, known);
      forgetOldest(live, LIVE_MAX);
      return known;
    },
    end: (id) => {
      live.delete(id);
      ended.set(id, true);
      forgetOldest(ended, LIVE_MAX);
    },
  };
}
