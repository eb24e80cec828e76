import { useMemo } from 'react';
import type { Suggest } from '../schema-form/suggest.ts';
import type { CallStore } from './call-store.ts';
import type { Capability } from './capabilities.ts';
import type { Callable } from './held-session.ts';

/** Completes the arguments of a prompt and the variables of a template; the protocol completes nothing of a tool. */
export function useSuggestions(
  target: Callable,
  capability: Capability | undefined,
  complete: CallStore['complete'],
): Suggest | undefined {
  const { id, databaseId, releaseId, protocolVersion } = target;
  const kind = capability?.kind;
  const of = capability?.name;
  return useMemo(() => {
    if (of === undefined || (kind !== 'prompt' && kind !== 'resource')) return undefined;
    return (argument, value, signal) =>
      complete({ id, databaseId, releaseId, protocolVersion }, { kind, of, argument, value, others: {} }, signal);
  }, [id, databaseId, releaseId, protocolVersion, kind, of, complete]);
}
