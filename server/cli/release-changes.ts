import { count } from './layout.ts';
import type { ReleaseChanges } from './operations/deployment.ts';
import { oneLine, printable } from './printable.ts';
import type { Color, Output } from './terminal.ts';

const MARKS: Record<string, readonly [Color, string]> = {
  ADDED: ['green', '+'],
  REMOVED: ['red', '-'],
  CHANGED: ['yellow', '~'],
};
/** Texts that language models read as they are: a new wording is shown in full. */
const READ_BY_MODELS: ReadonlySet<string> = new Set(['description', 'instructions', 'title']);

/** Prints the differences between the live release and the one before it. */
export function printChanges(out: Output, { sinceNumber, changes }: ReleaseChanges): void {
  if (changes.length === 0) return;
  out.line();
  out.line(`  ${count(changes.length, 'change')} since release ${sinceNumber}`);
  for (const { capability, name, change, fields } of changes) {
    const [color, mark] = MARKS[change] ?? ['dim', oneLine(change.toLowerCase())];
    const what = capability === 'INSTRUCTIONS' ? 'instructions' : `${capability.toLowerCase()} ${oneLine(name)}`;
    const which = change === 'CHANGED' ? `: ${fields.map(({ field }) => field).join(', ')}` : '';
    out.line(`    ${out.paint(color, mark)} ${what}${which}`);
    if (change !== 'CHANGED') continue;
    for (const { field, before, after } of fields) {
      if (!READ_BY_MODELS.has(field)) continue;
      for (const line of linesOf(before)) out.line(out.paint('red', `        - ${line}`));
      for (const line of linesOf(after)) out.line(out.paint('green', `        + ${line}`));
    }
  }
}

const linesOf = (text: string | null): string[] => (text === null ? [] : text.split('\n').map(printable));
