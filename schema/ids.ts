import { isUuid } from '#server/domain/access/uuid.ts';
import { notFound } from '#server/domain/errors.ts';

/** The database UUID in an `id` argument, which is either that or a global id; null when it can be neither. */
export function uuidOf(id: string, typename: string): string | null {
  if (isUuid(id)) return id.toLowerCase();
  const [type, uuid, ...rest] = Buffer.from(id, 'base64').toString('utf8').split(':');
  return type === typename && uuid !== undefined && isUuid(uuid) && rest.length === 0 ? uuid.toLowerCase() : null;
}

const NOUNS = {
  Analysis: 'The analysis',
  Deployment: 'The deployment',
  Release: 'The release',
  AccessToken: 'The token',
  View: 'The view',
  ApiToken: 'The token',
  Session: 'The session',
  Member: 'The member',
  ConnectedClient: 'The client',
  MachineClient: 'The client',
} as const;

/** As `uuidOf`; an id that can be none is treated as one of something that does not exist. */
export function requireUuid(id: string, typename: keyof typeof NOUNS): string {
  const uuid = uuidOf(id, typename);
  if (uuid === null) throw notFound(NOUNS[typename]);
  return uuid;
}

/** No row has it. */
const NIL_UUID = '00000000-0000-0000-0000-000000000000';

/** The row id in a global id, for a uuid column, where any other text is an error of the database. */
export const rowUuid = (id: string): string => (isUuid(id) ? id : NIL_UUID);
