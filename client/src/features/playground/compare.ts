import { diffLines } from 'diff';
import { sortedJson } from './sorted-json.ts';

export type ComparedLine = { side: 'both' | 'before' | 'after'; text: string };

/** Two results that share next to nothing are not worth the seconds that a comparison takes. */
const EDITS_MAX = 3_000;

/**
 * Compares two JSON values line by line, with the members of objects in one order. Null: they differ too much for a
 * comparison to say anything.
 */
export function compareValues(before: unknown, after: unknown): ComparedLine[] | null {
  const changes = diffLines(printed(before), printed(after), { maxEditLength: EDITS_MAX });
  return (
    changes?.flatMap(({ value, added, removed }) => {
      const side = added ? 'after' : removed ? 'before' : 'both';
      return value
        .replace(/\n$/, '')
        .split('\n')
        .map((text): ComparedLine => ({ side, text }));
    }) ?? null
  );
}

/** A text of several lines is compared line by line, too. */
const printed = (value: unknown): string => `${sortedJson(value, 2).replace(/(?<!\\)((?:\\\\)*)\\n/g, '$1\n')}\n`;
