import { VALUES_NONE } from '#deploy/host/header-contract.ts';
import type { Grant } from '../access.ts';
import type { Route } from '../route.ts';
import type { CallerState } from './caller-state.ts';

/** Null for a deployment whose callers all act with the same values. */
export function callerState({ personal }: Pick<Route, 'personal'>, grant: Grant): CallerState | null {
  if (personal === null) return null;
  switch (grant.kind) {
    case 'token':
      return personal.tokens.get(grant.tokenId) ?? personal.none;
    case 'oauth':
      return personal.users.get(grant.subject) ?? personal.none;
    case 'public':
    case 'bundle':
      return personal.none;
  }
}

/**
 * Names the state under which a request was let in: a stream ends when it is another one. Null where there is none, so
 * that a deployment that gets personal fields ends the streams that shared a key.
 */
export const stateName = (state: CallerState | null): string | null =>
  state === null ? null : state.missing.length > 0 ? `${VALUES_NONE} missing` : state.revision;
