import type { RouteMember } from '../route.ts';
import { answerIn, failureIn, type MemberAnswer, type MemberClient, MemberFailedError } from './member-client.ts';
import type { BundleCaller } from './member-door.ts';
import { META, type Message, MODERN_VERSION, notification, RPC, recordIn } from './messages.ts';
import type { LiveSession, MemberSession } from './sessions.ts';

const ACCEPT = 'application/json, text/event-stream';
const PLAIN = /^[\x20-\x7e]*$/;
/** Requests of the bundle's own, whose ids no client chose. */
const OWN_ID = 'catwalk';

export type AskOptions = { signal: AbortSignal; method?: 'GET' | 'POST' | 'DELETE'; lastEventId?: string | undefined };

/** Sends messages to members in the era of the client. Throws MemberFailedError for a member that cannot be reached. */
export type Asker = {
  era: 'legacy' | 'modern';
  /** Headers of the client that go on to each member. */
  ask(member: RouteMember, message: Message | null, options: AskOptions): Promise<MemberAnswer>;
};

export type Opening = { member: RouteMember; session: MemberSession; result: Message };

/** A member is another one through another view. */
export const memberKey = ({ deploymentId, viewId }: RouteMember): string => `${deploymentId}/${viewId ?? ''}`;

/** Begins a session at a member. */
export async function openMember(
  client: MemberClient,
  caller: BundleCaller,
  member: RouteMember,
  initialize: Message,
  signal: AbortSignal,
): Promise<Opening> {
  const message = { jsonrpc: '2.0', id: OWN_ID, method: 'initialize', params: initialize };
  const sent = await client.send(caller, member, { method: 'POST', headers: { accept: ACCEPT }, message, signal });
  const answer = await answerIn(sent);
  const result = recordIn(answer ?? {}, 'result');
  const { protocolVersion } = result;
  if (typeof protocolVersion !== 'string' || sent.sessionId === null)
    throw new MemberFailedError(failureIn({ status: sent.status, message: answer }));
  return { member, session: { id: sent.sessionId, protocolVersion }, result };
}

const sessionHeaders = ({ id, protocolVersion }: MemberSession) => ({
  accept: ACCEPT,
  'mcp-session-id': id,
  'mcp-protocol-version': protocolVersion,
});

export type LegacyAsker = Asker & {
  session: LiveSession;
  /** The session at a member, which is begun where there is none. */
  sessionAt(member: RouteMember, signal: AbortSignal): Promise<MemberSession>;
};

/** The askers of a session: each member has a session of its own, which is begun again where the member lost it. */
export function createLegacyAsker(client: MemberClient, caller: BundleCaller, session: LiveSession): LegacyAsker {
  const { opened } = session;

  const begin = (member: RouteMember, signal: AbortSignal): Promise<MemberSession> => {
    const begun = openMember(client, caller, member, session.initialize, signal).then(async (opening) => {
      const headers = sessionHeaders(opening.session);
      const message = notification('notifications/initialized');
      await client.send(caller, member, { method: 'POST', headers, message, signal });
      return opening.session;
    });
    const key = memberKey(member);
    opened.set(key, begun);
    begun.catch(() => {
      if (opened.get(key) === begun) opened.delete(key);
    });
    return begun;
  };

  const sessionAt = async (member: RouteMember, signal: AbortSignal): Promise<MemberSession> => {
    const key = memberKey(member);
    return opened.get(key) ?? session.members[key] ?? begin(member, signal);
  };

  const isGone = ({ status, message }: MemberAnswer) =>
    status === 404 && recordIn(message ?? {}, 'error')['code'] === RPC.NO_SESSION;

  return {
    era: 'legacy',
    session,
    sessionAt,
    ask: async (member, message, { signal, method = 'POST', lastEventId }) => {
      const send = (at: MemberSession, after?: string) =>
        client.send(caller, member, {
          method,
          headers: { ...sessionHeaders(at), ...(after === undefined ? {} : { 'last-event-id': after }) },
          message,
          signal,
        });
      const at = await sessionAt(member, signal);
      const answer = await send(at, lastEventId);
      if (!isGone(answer) || method === 'DELETE') return answer;
      // The member has not begun with it. One of several requests that learn this begins the next session.
      const key = memberKey(member);
      const present = await opened.get(key);
      return send(present !== undefined && present.id !== at.id ? present : await begin(member, signal));
    },
  };
}

const named = (message: Message): string | null => {
  const { name, uri } = recordIn(message, 'params');
  switch (message['method']) {
    case 'tools/call':
    case 'prompts/get':
      return typeof name === 'string' ? name : null;
    case 'resources/read':
      return typeof uri === 'string' ? uri : null;
    default:
      return null;
  }
};

/** The value of a header that repeats a part of the body (2026-07-28, value encoding). */
export const headerValue = (text: string): string =>
  PLAIN.test(text) && !text.startsWith('=?') && text.trim() === text
    ? text
    : `=?base64?${Buffer.from(text).toString('base64')}?=`;

/** The asker of one request of the stateless era. `forwarded`: `Mcp-Param-*` and trace headers of the client. */
export const createModernAsker = (
  client: MemberClient,
  caller: BundleCaller,
  forwarded: Record<string, string>,
): Asker => ({
  era: 'modern',
  ask: (member, message, { signal }) => {
    const name = message === null ? null : named(message);
    const headers = {
      ...forwarded,
      accept: ACCEPT,
      'mcp-protocol-version': MODERN_VERSION,
      ...(typeof message?.['method'] === 'string' ? { 'mcp-method': message['method'] } : {}),
      ...(name === null ? {} : { 'mcp-name': headerValue(name) }),
    };
    return client.send(caller, member, { method: 'POST', headers, message, signal });
  },
});

/** The `_meta` of a client's request that each request for it repeats. */
export const metaFor = (params: Message): Message => ({
  _meta: Object.fromEntries(Object.entries(recordIn(params, '_meta')).filter(([name]) => name.startsWith(META))),
});
