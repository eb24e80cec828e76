import { isRecord } from '#server/domain/is-record.ts';
import { readJson } from './messages.ts';

const CHARACTERS_MAX = 4_096;

/** How far a client has followed each member, by prefix: the id of the last event that it has. */
export type Followed = Record<string, string>;

/** Event ids of a bundle hold those of all its members, so that a stream that was lost goes on at each of them. */
export const toEventId = (followed: Followed): string => Buffer.from(JSON.stringify(followed)).toString('base64url');

/** Reads `Last-Event-ID`; nothing where it is none of ours. */
export function readEventId(id: string | undefined): Followed {
  if (id === undefined || id.length > CHARACTERS_MAX) return {};
  const read = readJson(Buffer.from(id, 'base64url').toString());
  if (!isRecord(read)) return {};
  return Object.fromEntries(
    Object.entries(read).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
