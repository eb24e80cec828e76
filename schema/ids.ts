import { notFound } from '#server/domain/errors.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The database UUID in an `id` argument, which is either that or a global id; null when it can be neither. */
export function uuidOf(id: string, typename: string): string | null {
  if (UUID.test(id)) return id.toLowerCase();
  const [type, uuid, ...rest] = Buffer.from(id, 'base64').toString('utf8').split(':');
  return type === typename && uuid !== undefined && UUID.test(uuid) && rest.length === 0 ? uuid.toLowerCase() : null;
}

const NOUNS = {
  Analysis: 'The analysis',
  Deployment: 'The deployment',
  Release: 'The release',
  AccessToken: 'The token',
  ApiToken: 'The token',
} as const;

/** As `uuidOf`; an id that can be none is treated as one of something that does not exist. */
export function requireUuid(id: string, typename: keyof typeof NOUNS): string {
  const uuid = uuidOf(id, typename);
  if (uuid === null) throw notFound(NOUNS[typename]);
  return uuid;
}
