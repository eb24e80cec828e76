import path from 'node:path';
import { expect, test } from 'vitest';
import { LIMIT_KEYS, LIMITS_OF_CLIENTS } from '#server/connect/limits.ts';
import { TRIED_CLIENTS } from './clients.ts';
import { readResults } from './results.ts';

test('the limits that Catwalk names for a client are those that the last run saw', async () => {
  const seen: Record<string, string[]> = {};
  for (const { key, long } of await readResults(path.join(import.meta.dirname, 'results.json'))) {
    const guide = TRIED_CLIENTS.find((client) => client.key === key)?.guide;
    if (guide === undefined || long === null) continue;
    const failing = LIMIT_KEYS.filter((limit) => typeof long[limit] === 'string');
    const known = new Set([...(seen[guide] ?? []), ...failing]);
    seen[guide] = LIMIT_KEYS.filter((limit) => known.has(limit));
  }
  expect(LIMITS_OF_CLIENTS).toEqual(Object.fromEntries(Object.entries(seen).filter(([, limits]) => limits.length > 0)));
});
