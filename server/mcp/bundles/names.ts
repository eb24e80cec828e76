import type { RouteMember } from '../route.ts';
import type { RpcId } from './messages.ts';
import { isId, readJson } from './messages.ts';

/** A prefix holds no underscore, so that a name has one reading, whatever the servers call their tools. */
const SEPARATOR = '_';
/** Between the prefix and a resource whose URI another member has, too: a scheme may hold it (RFC 3986 §3.1). */
const URI_SEPARATOR = '+';
const ID_SEPARATOR = ':';

export type Named = { member: RouteMember; name: string };

const memberBefore = (members: readonly RouteMember[], text: string, separator: string): Named | null => {
  const at = text.indexOf(separator);
  if (at <= 0) return null;
  const prefix = text.slice(0, at);
  const member = members.find((one) => one.prefix === prefix);
  return member === undefined ? null : { member, name: text.slice(at + 1) };
};

/** The name of a tool or prompt, as clients of the bundle see it. */
export const toShownName = ({ prefix }: Pick<RouteMember, 'prefix'>, name: string): string => prefix + SEPARATOR + name;

/** The member that has a tool or prompt, and its own name there; null for a name of no member. */
export const findNamed = (members: readonly RouteMember[], shown: string): Named | null =>
  memberBefore(members, shown, SEPARATOR);

/** The URI of a resource that an earlier member has as well. */
export const toShownUri = ({ prefix }: Pick<RouteMember, 'prefix'>, uri: string): string =>
  prefix + URI_SEPARATOR + uri;

export const findPrefixedUri = (members: readonly RouteMember[], uri: string): Named | null =>
  memberBefore(members, uri, URI_SEPARATOR);

/** An id or a progress token of a member, which two members may use at once. */
export const toShownId = ({ prefix }: Pick<RouteMember, 'prefix'>, id: RpcId): string =>
  prefix + ID_SEPARATOR + JSON.stringify(id);

/** The member that gave an id, and the id as it gave it; null for an id of no member. */
export function findId(members: readonly RouteMember[], shown: unknown): { member: RouteMember; id: RpcId } | null {
  const found = typeof shown === 'string' ? memberBefore(members, shown, ID_SEPARATOR) : null;
  const id = found === null ? undefined : readJson(found.name);
  return found !== null && isId(id) ? { member: found.member, id } : null;
}
