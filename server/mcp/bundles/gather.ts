import type { RouteMember } from '../route.ts';
import type { Asker } from './askers.ts';
import { answerIn, failureIn, MemberFailedError, type MemberFailure } from './member-client.ts';
import { type Message, RPC, recordIn } from './messages.ts';

/** A member that is asleep is woken for a list that is not known; the endpoint holds it for 30 s. */
export const GATHER_MS_MAX = 35_000;
const PAGES_MAX = 50;

export type Gathered<Value> = { member: RouteMember; value: Value };
export type Failed = { member: RouteMember; failure: MemberFailure };

/** Asks all members at once. One that fails, or takes too long, is among the failures. */
export async function gather<Value>(
  members: readonly RouteMember[],
  signal: AbortSignal,
  ask: (member: RouteMember, signal: AbortSignal) => Promise<Value>,
): Promise<{ found: Gathered<Value>[]; failed: Failed[] }> {
  const limit = AbortSignal.timeout(GATHER_MS_MAX);
  const bounded = AbortSignal.any([signal, limit]);
  const found: Gathered<Value>[] = [];
  const failed: Failed[] = [];
  const settled = await Promise.allSettled(members.map((member) => ask(member, bounded)));
  signal.throwIfAborted();
  settled.forEach((one, index) => {
    const member = members[index];
    if (member === undefined) return;
    if (one.status === 'fulfilled') found.push({ member, value: one.value });
    else if (one.reason instanceof MemberFailedError) failed.push({ member, failure: one.reason.failure });
    else if (limit.aborted)
      failed.push({ member, failure: { code: 'TIMEOUT', message: 'It did not answer in time.' } });
    else throw one.reason;
  });
  return { found, failed };
}

/** Asks one member and returns its result. Throws MemberFailedError for an error, null for a method that it does not have. */
export async function resultOf(
  asker: Asker,
  member: RouteMember,
  request: { method: string; params: Message },
  signal: AbortSignal,
): Promise<Message | null> {
  const sent = await asker.ask(member, { jsonrpc: '2.0', id: 'catwalk', ...request }, { signal });
  const message = await answerIn(sent);
  if (message?.['result'] !== undefined) return recordIn(message, 'result');
  if (recordIn(message ?? {}, 'error')['code'] === RPC.NO_METHOD) return null;
  throw new MemberFailedError(failureIn({ status: sent.status, message }));
}

/** All pages of a list. */
export async function listOf(
  asker: Asker,
  member: RouteMember,
  request: { method: string; params: Message; items: string },
  signal: AbortSignal,
): Promise<Message[]> {
  const { method, params, items } = request;
  const all: Message[] = [];
  let cursor: unknown;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const asked = cursor === undefined ? params : { ...params, cursor };
    const result = await resultOf(asker, member, { method, params: asked }, signal);
    const listed = result?.[items];
    if (Array.isArray(listed))
      for (const item of listed as unknown[]) if (typeof item === 'object' && item !== null) all.push(item as Message); // JSON
    cursor = result?.['nextCursor'];
    if (cursor === undefined || cursor === null) return all;
  }
  throw new MemberFailedError({ code: 'BAD_ANSWER', message: `Its list has more than ${PAGES_MAX} pages.` });
}
