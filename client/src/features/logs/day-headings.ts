const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });

/** Names the day of a moment in the viewer's time zone. */
export const dayOf = (at: string | number): string => dayFormat.format(new Date(at));

/**
 * Returns the headings of a log, by the index of the line above which they stand: one where a day begins. A log of
 * today alone has none.
 */
export function dayHeadings(lines: readonly { at: string }[], today: string): ReadonlyMap<number, string> {
  const headings = new Map<number, string>();
  let before: string | null = null;
  for (const [index, { at }] of lines.entries()) {
    const day = dayOf(at);
    if (day !== before) headings.set(index, day);
    before = day;
  }
  return headings.size === 1 && headings.get(0) === today ? new Map() : headings;
}
