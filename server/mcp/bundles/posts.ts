import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { isRecord } from '#server/domain/is-record.ts';
import type { RouteMember } from '../route.ts';
import { createLegacyAsker, createModernAsker, type LegacyAsker, memberKey, openMember } from './askers.ts';
import type { Bundle, BundleContent } from './bundle.ts';
import { answerCall, type Call } from './call.ts';
import { gather, resultOf } from './gather.ts';
import { checkHeaders } from './header-check.ts';
import { type Following, listen } from './listen.ts';
import { type MemberClient, MemberFailedError } from './member-client.ts';
import type { BundleCaller } from './member-door.ts';
import { mergeDiscover, mergeInitialize } from './merge.ts';
import {
  errorFor,
  isId,
  META,
  type Message,
  MODERN_VERSION,
  RPC,
  type RpcId,
  readJson,
  recordIn,
  resultFor,
} from './messages.ts';
import { findId } from './names.ts';
import type { ResourceOwners } from './resource-owners.ts';
import { sendAccepted, sendMessage } from './responses.ts';
import { initializeToKeep, type LiveSession } from './sessions.ts';

export const SESSION_HEADER = 'mcp-session-id';
/** Headers of a modern request that are about the call itself. */
const FORWARDED = /^(?:mcp-param-.+|traceparent|tracestate|baggage)$/;

export type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  bundle: Bundle;
  content: BundleContent;
  caller: BundleCaller;
  client: MemberClient;
  owners: ResourceOwners;
  following: Following;
  shownUrisOf(session: LiveSession): Map<string, string>;
  signal: AbortSignal;
};

const header = ({ headers }: IncomingMessage, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};

const isModern = (request: IncomingMessage, params: Message): boolean =>
  header(request, 'mcp-protocol-version') === MODERN_VERSION ||
  recordIn(params, '_meta')[`${META}protocolVersion`] === MODERN_VERSION;

/** Begins a session at each member, and seals them into the id of the bundle's. */
async function initialize(exchange: Exchange, id: RpcId, params: Message): Promise<void> {
  const { response, bundle, content, caller, client, signal } = exchange;
  const kept = initializeToKeep(params);
  const { found, failed } = await gather(content.members, signal, (member, bounded) =>
    openMember(client, caller, member, params, bounded),
  );
  const openings = found.map(({ member, value }) => ({ member, value: value.result }));
  const requested = String(params['protocolVersion']);
  const result = mergeInitialize(content.name, requested, openings, failed);
  const sessionId = bundle.sessions.create(caller.principal, {
    protocolVersion: String(result['protocolVersion']),
    initialize: kept,
    members: Object.fromEntries(found.map(({ member, value }) => [memberKey(member), value.session])),
  });
  if (sessionId === null)
    return sendMessage(response, errorFor(id, RPC.INVALID_PARAMS, 'The capabilities of the client are too long.'));
  sendMessage(response, resultFor(id, result), 200, { [SESSION_HEADER]: sessionId });
}

/** The session of a request; refused where there is none. */
export function findSession(exchange: Exchange, id: RpcId | null): LegacyAsker | null {
  const { request, response, bundle, caller, client } = exchange;
  const given = header(request, SESSION_HEADER);
  if (given === undefined) {
    sendMessage(
      response,
      errorFor(id, RPC.SERVER, 'The header Mcp-Session-Id is missing. Send initialize first.'),
      400,
    );
    return null;
  }
  const session = bundle.sessions.find(caller.principal, given);
  if (session !== null) return createLegacyAsker(client, caller, session);
  sendMessage(response, errorFor(id, RPC.NO_SESSION, 'Session not found. Send a new initialize request.'), 404);
  return null;
}

/** Tells members something; one that fails misses it. */
async function tell(
  asker: LegacyAsker,
  members: readonly RouteMember[],
  message: Message,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    members.map(async (member) => {
      try {
        const { events } = await asker.ask(member, message, { signal });
        if (events !== null) for await (const _ of events) break; // a notification has no answer
      } catch (error) {
        if (!(error instanceof MemberFailedError)) throw error;
      }
    }),
  );
}

/** Members at which the session is open: a notification opens none. */
const openedIn = ({ session }: LegacyAsker, members: readonly RouteMember[]): RouteMember[] =>
  members.filter((member) => session.opened.has(memberKey(member)) || session.members[memberKey(member)] !== undefined);

/** A notification of a client: about a call it goes to the member of that call, else to all. */
async function notify({ content, signal }: Exchange, asker: LegacyAsker, message: Message): Promise<void> {
  const params = recordIn(message, 'params');
  const opened = openedIn(asker, content.members);
  switch (message['method']) {
    case 'notifications/cancelled': {
      const key = asker.session.calls.get(JSON.stringify(params['requestId']));
      // Another instance may have sent the call. Ids are the client's, so that one member at most knows this one.
      const told = key === undefined ? opened : opened.filter((member) => memberKey(member) === key);
      const { reason: _reason, ...idOnly } = params;
      return tell(asker, told, key === undefined ? { ...message, params: idOnly } : message, signal);
    }
    case 'notifications/progress': {
      const found = findId(content.members, params['progressToken']);
      if (found === null) return;
      const own = { ...message, params: { ...params, progressToken: found.id } };
      return tell(asker, [found.member], own, signal);
    }
    case 'notifications/initialized':
    case 'notifications/roots/list_changed':
      return tell(asker, opened, message, signal);
  }
}

async function answerLegacy(exchange: Exchange, message: Message): Promise<void> {
  const { response, content, caller, owners, signal } = exchange;
  const id = isId(message['id']) ? message['id'] : null;
  const { method } = message;
  const params = recordIn(message, 'params');
  if (method === 'initialize' && id !== null && header(exchange.request, SESSION_HEADER) === undefined)
    return initialize(exchange, id, params);
  const asker = findSession(exchange, typeof method === 'string' ? id : null);
  if (asker === null) return;
  if (typeof method !== 'string') {
    const found = findId(content.members, message['id']);
    if (found !== null) await tell(asker, [found.member], { ...message, id: found.id }, signal);
    return sendAccepted(response);
  }
  if (id === null) {
    await notify(exchange, asker, message);
    return sendAccepted(response);
  }
  const { calls } = asker.session;
  const key = JSON.stringify(id);
  const call: Call = {
    ...{ response, asker, id, method, params, message, owners, signal },
    members: content.members,
    caller: `${caller.bundleId} ${caller.principal}`,
    shownUris: exchange.shownUrisOf(asker.session),
    onRouted: (member) => calls.set(key, memberKey(member)),
  };
  try {
    await answerCall(call);
  } finally {
    calls.delete(key);
  }
}

async function answerModern(exchange: Exchange, message: Message): Promise<void> {
  const { request, response, content, caller, client, owners, signal, following } = exchange;
  const { method, id } = message;
  const params = recordIn(message, 'params');
  if (typeof method !== 'string' || !isId(id)) return sendAccepted(response); // a notification: this era has none for us
  const mismatch = checkHeaders(request.headers, message);
  if (mismatch !== null) return sendMessage(response, errorFor(id, RPC.HEADER_MISMATCH, mismatch), 400);
  const forwarded = Object.entries(request.headers).filter(
    (entry): entry is [string, string] => FORWARDED.test(entry[0]) && typeof entry[1] === 'string',
  );
  const asker = createModernAsker(client, caller, Object.fromEntries(forwarded));
  const { members } = content;
  if (method === 'server/discover') {
    const { found, failed } = await gather(members, signal, async (member, bounded) => {
      const result = await resultOf(asker, member, { method, params }, bounded);
      if (result !== null) return result;
      throw new MemberFailedError({ code: 'NO_HANDSHAKE', message: `It does not support MCP ${MODERN_VERSION}.` });
    });
    return sendMessage(response, resultFor(id, mergeDiscover(content.name, found, failed)));
  }
  const call: Call = {
    ...{ response, asker, members, id, method, params, message, owners, signal },
    caller: `${caller.bundleId} ${caller.principal}`,
    shownUris: new Map(),
  };
  return method === 'subscriptions/listen' ? listen(call, asker, following) : answerCall(call);
}

/** Answers one POST of a client in its era. */
export async function answerPost(exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const read = readJson((await buffer(request)).toString());
  if (read === undefined) return sendMessage(response, errorFor(null, RPC.PARSE, 'The body is not JSON.'), 400);
  if (!isRecord(read) || read['jsonrpc'] !== '2.0') {
    const message = Array.isArray(read) ? 'A bundle takes one message at a time, no batches.' : 'No JSON-RPC message.';
    return sendMessage(response, errorFor(null, RPC.INVALID_REQUEST, message), 400);
  }
  return isModern(request, recordIn(read, 'params')) ? answerModern(exchange, read) : answerLegacy(exchange, read);
}
