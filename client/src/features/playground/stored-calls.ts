import { z } from 'zod';
import type { TabStorage } from '../../drafts/tab-storage.ts';
import type { Call } from './call.ts';
import { KINDS } from './capabilities.ts';
import type { Outcome } from './session.ts';

/** The finished calls that a reload of the tab restores. The messages behind them are not stored. */
const storedCallsSchema = z.array(
  z.object({
    id: z.number(),
    request: z.object({
      kind: z.enum(KINDS),
      name: z.string(),
      template: z.boolean(),
      args: z.record(z.string(), z.unknown()),
    }),
    startedAt: z.number(),
    tookMs: z.number(),
    outcome: z.custom<Outcome>((value) => typeof value === 'object' && value !== null && 'kind' in value).nullable(),
    error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).nullable(),
  }),
);

/** A browser gives a tab about five megabytes; images in results would fill them. */
const STORED_CHARACTERS_MAX = 1_000_000;

const keyOf = (databaseId: string): string => `calls:${databaseId}`;

export function loadCalls(storage: TabStorage, databaseId: string): Call[] {
  const found = storedCallsSchema.safeParse(storage.read(keyOf(databaseId)));
  return (found.data ?? []).map((call) => ({ ...call, progress: null, questions: [], messages: [] }));
}

/** Stores the newest calls that fit. */
export function saveCalls(storage: TabStorage, databaseId: string, calls: readonly Call[]): void {
  const fitting: unknown[] = [];
  let characters = 0;
  for (const { id, request, startedAt, tookMs, outcome, error } of calls) {
    const stored = { id, request, startedAt, tookMs, outcome, error };
    characters += JSON.stringify(stored).length;
    if (characters > STORED_CHARACTERS_MAX) break;
    fitting.push(stored);
  }
  storage.write(keyOf(databaseId), fitting);
}
