import type { ServerResponse } from 'node:http';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import type { RouteMember } from '../route.ts';
import { type Asker, memberKey, metaFor } from './askers.ts';
import { gather, listOf, resultOf } from './gather.ts';
import { isListMethod, LISTS, mergeLists } from './merge.ts';
import { errorFor, type Message, RPC, type RpcId, recordIn, resultFor } from './messages.ts';
import { findNamed, type Named } from './names.ts';
import type { ResourceOwners } from './resource-owners.ts';
import { passOn, sendMessage } from './responses.ts';
import type { ShownUris } from './to-client.ts';

export type Call = {
  response: ServerResponse;
  asker: Asker;
  members: readonly RouteMember[];
  id: RpcId;
  method: string;
  params: Message;
  message: Message;
  /** Tells callers apart for what is remembered. */
  caller: string;
  owners: ResourceOwners;
  /** The URIs that the client uses, which a later notification must name; by member and own URI. */
  shownUris: Map<string, string>;
  signal: AbortSignal;
  /** A call is on its way to this member. */
  onRouted?: (member: RouteMember) => void;
};

/** A refusal that is the same for what is hidden and for what was never there. */
const unknown = ({ asker, response, id }: Call, kind: 'tool' | 'prompt' | 'resource', name: unknown): void => {
  const isLegacyResource = kind === 'resource' && asker.era === 'legacy';
  const code = isLegacyResource ? RPC.NO_RESOURCE : RPC.INVALID_PARAMS;
  const text = kind === 'resource' ? 'Resource not found' : `Unknown ${kind}`;
  const message = typeof name === 'string' ? `${text}: ${name}` : `The ${kind} is not named.`;
  sendMessage(response, errorFor(id, code, message));
};

/** A client may name any URI at a server: the oldest are forgotten, and are then named as the server names them. */
const SHOWN_URIS_MAX = 1_000;

const uriKey = (member: RouteMember, uri: string): string => `${memberKey(member)}\n${uri}`;

/** Keeps the URI by which the client knows a resource of a member. */
export function keepShownUri(shownUris: Map<string, string>, { member, name }: Named, shown: string): void {
  if (name === shown) return;
  const key = uriKey(member, name);
  shownUris.delete(key);
  shownUris.set(key, shown);
  forgetOldest(shownUris, SHOWN_URIS_MAX);
}

export const shownUriIn =
  (shownUris: ReadonlyMap<string, string>): ShownUris =>
  (member, uri) =>
    shownUris.get(uriKey(member, uri)) ?? uri;

/** Sends the request to its member, with the member's own names. */
const route = (call: Call, { member }: Named, changes: Message): Promise<void> => {
  const { response, asker, message, params, signal, shownUris } = call;
  call.onRouted?.(member);
  const { task: _asTask, ...plain } = params; // tasks do not pass a bundle
  const routed = { ...message, params: { ...plain, ...changes } };
  return passOn(response, { asker, member, message: routed, shownUri: shownUriIn(shownUris), signal });
};

async function callNamed(call: Call, kind: 'tool' | 'prompt'): Promise<void> {
  const { name } = call.params;
  const found = typeof name === 'string' ? findNamed(call.members, name) : null;
  return found === null ? unknown(call, kind, name) : route(call, found, { name: found.name });
}

const findUri = ({ caller, asker, members, owners, params, signal }: Call, uri: string): Promise<Named | null> =>
  owners.find(caller, asker, members, { uri, params }, signal);

async function callUri(call: Call): Promise<void> {
  const { uri } = call.params;
  const found = typeof uri === 'string' ? await findUri(call, uri) : null;
  if (found === null || typeof uri !== 'string') return unknown(call, 'resource', uri);
  keepShownUri(call.shownUris, found, uri);
  return route(call, found, { uri: found.name });
}

async function complete(call: Call): Promise<void> {
  const ref = recordIn(call.params, 'ref');
  const { type, name, uri } = ref;
  if (type === 'ref/prompt') {
    const found = typeof name === 'string' ? findNamed(call.members, name) : null;
    return found === null ? unknown(call, 'prompt', name) : route(call, found, { ref: { ...ref, name: found.name } });
  }
  const found = typeof uri === 'string' ? await findUri(call, uri) : null;
  return found === null ? unknown(call, 'resource', uri) : route(call, found, { ref: { ...ref, uri: found.name } });
}

async function list(call: Call): Promise<void> {
  const { asker, members, method, params, signal, response, id } = call;
  if (!isListMethod(method)) return;
  // All pages of all members are in one answer: there is no cursor to come back with.
  if (params['cursor'] !== undefined) return sendMessage(response, errorFor(id, RPC.INVALID_PARAMS, 'Unknown cursor.'));
  const { items } = LISTS[method];
  const { found, failed } = await gather(members, signal, (member, bounded) =>
    listOf(asker, member, { method, params: metaFor(params), items }, bounded),
  );
  sendMessage(response, resultFor(id, mergeLists(method, found, failed, asker.era)));
}

/** Sets the level at every member; those that log nothing do not know the method. */
async function setLevel(call: Call): Promise<void> {
  const { asker, members, params, signal, response, id } = call;
  await gather(members, signal, (member, bounded) =>
    resultOf(asker, member, { method: 'logging/setLevel', params }, bounded),
  );
  sendMessage(response, resultFor(id, {}));
}

/** Answers one request of a client: lists are merged, and a call goes to its member. */
export async function answerCall(call: Call): Promise<void> {
  const { method, response, id, asker } = call;
  if (isListMethod(method)) return list(call);
  switch (method) {
    case 'tools/call':
      return callNamed(call, 'tool');
    case 'prompts/get':
      return callNamed(call, 'prompt');
    case 'resources/read':
      return callUri(call);
    case 'completion/complete':
      return complete(call);
  }
  if (asker.era === 'legacy') {
    switch (method) {
      case 'resources/subscribe':
      case 'resources/unsubscribe':
        return callUri(call);
      case 'logging/setLevel':
        return setLevel(call);
      case 'ping':
        return sendMessage(response, resultFor(id, {}));
    }
  }
  const status = asker.era === 'modern' ? 404 : 200;
  sendMessage(response, errorFor(id, RPC.NO_METHOD, `Method not found: ${method}`), status);
}
