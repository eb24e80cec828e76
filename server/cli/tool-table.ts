import { count, table } from './layout.ts';
import { oneLine } from './printable.ts';
import type { Output } from './terminal.ts';

const DESCRIPTION_CHARACTERS_MAX = 160;

type Tool = { name: string; description: string | null };

/** The tools of a server, one a line, under their number. */
export function toolTable(out: Output, tools: readonly Tool[]): string[] {
  const rows = tools.map(({ name, description }) => [
    oneLine(name),
    oneLine(description ?? '').slice(0, DESCRIPTION_CHARACTERS_MAX),
  ]);
  return [`  ${count(tools.length, 'tool')}`, ...table(rows, out.columns(), '    ')];
}
