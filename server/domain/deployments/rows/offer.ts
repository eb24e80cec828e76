import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { OfferedAnswers } from '#deploy/host/contract.ts';

const answersSchema = z.object({
  openings: z.record(z.string(), z.string()),
  lists: z.record(z.string(), z.string()),
});
const digestsSchema = z.record(z.string(), z.record(z.string(), z.string()));

/** Holds, by protocol version, a digest of each list under the notification that reports its change. */
export type OfferDigests = Record<string, Record<string, string>>;

/** Reads a JSON column; null where there is no offer. */
export const parseOffer = (column: unknown): OfferedAnswers | null => answersSchema.safeParse(column).data ?? null;
export const parseDigests = (column: unknown): OfferDigests | null => digestsSchema.safeParse(column).data ?? null;

const CHANGES: ReadonlyMap<string, string> = new Map([
  ['tools/list', 'notifications/tools/list_changed'],
  ['prompts/list', 'notifications/prompts/list_changed'],
  ['resources/list', 'notifications/resources/list_changed'],
  ['resources/templates/list', 'notifications/resources/list_changed'],
]);

/** The key of an answer among `OfferedAnswers.lists`. `cursor` as it stands in JSON; empty for the first page. */
export const listKey = (version: string, method: string, cursor = ''): string => `${version}\n${method}\n${cursor}`;

/** Digests the first page of each list: later pages may not have been read yet. */
export function digestsOf({ lists }: OfferedAnswers): OfferDigests {
  const texts = new Map<string, string>();
  for (const [key, answer] of Object.entries(lists).sort()) {
    const [version = '', method = '', cursor] = key.split('\n');
    const change = CHANGES.get(method);
    if (change === undefined || cursor !== '') continue;
    const name = `${version}\n${change}`;
    texts.set(name, `${texts.get(name) ?? ''}${method}\n${answer}\n`);
  }
  const digests: OfferDigests = {};
  for (const [name, text] of texts) {
    const [version = '', change = ''] = name.split('\n');
    digests[version] = { ...digests[version], [change]: createHash('sha256').update(text).digest('base64url') };
  }
  return digests;
}

/** Reports whether two readings answer a question differently. */
export const differ = (one: OfferedAnswers, other: OfferedAnswers): boolean =>
  conflicts(one.openings, other.openings) || conflicts(one.lists, other.lists);

const conflicts = (one: Record<string, string>, other: Record<string, string>): boolean =>
  Object.entries(one).some(([key, answer]) => other[key] !== undefined && other[key] !== answer);

/**
 * Returns the notifications of the lists that changed for a client of a version. An empty version is one that is not
 * known, as of a client of HTTP+SSE: its lists may have changed where those of any version did.
 */
export const changesBetween = (version: string, before: OfferDigests | null, after: OfferDigests | null): string[] => {
  const versions = version === '' ? Object.keys(before ?? {}) : [version];
  const changes = versions.flatMap((one) =>
    Object.entries(before?.[one] ?? {}).flatMap(([change, digest]) => {
      const now = after?.[one]?.[change];
      return now === undefined || now === digest ? [] : [change];
    }),
  );
  return [...new Set(changes)];
};
