import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { type Call, type Caller, LISTEN } from './call.ts';

/** The platform sees its server as it is, and so do the bridge's own requests. */
export const isOfClient = ({ session }: Call<Caller>): boolean =>
  session !== null && session.principal !== PLATFORM_PRINCIPAL;

/** Counts calls without the subscriptions of the bridge, which end with the child. */
export function countUnderWay(calls: Iterable<Call<Caller>>): number {
  let count = 0;
  for (const { session, method } of calls) if (session !== null || method !== LISTEN) count += 1;
  return count;
}

/** Counts calls of clients that their machine must stay awake for. */
export function countWork(calls: Iterable<Call<Caller>>): number {
  let count = 0;
  for (const call of calls) if (isOfClient(call) && call.method !== LISTEN) count += 1;
  return count;
}
