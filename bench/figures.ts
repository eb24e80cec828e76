import { appendFileSync } from 'node:fs';

export type Goal = { atMost: number } | { atLeast: number };

/** One figure of a bench. A goal without which nothing is judged is left out. */
export type Figure = { what: string; figure: number; unit?: string; goal?: Goal };

/** A figure that a benchmark reports to `bench/all.ts`, as a JSON line. */
export type Line = Figure | { skipped: string };

const FILE = process.env['BENCH_FIGURES'];

const write = (line: Line): void => {
  if (FILE !== undefined) appendFileSync(FILE, `${JSON.stringify(line)}\n`);
};

/** Appends a figure to the file that BENCH_FIGURES names; without it the benchmark only prints. */
export const tell = (what: string, figure: number, unit = '', goal?: Goal): void =>
  write({ what, figure, unit, ...(goal === undefined ? {} : { goal }) });

/** Something that was not measured, and why. */
export const tellSkipped = (reason: string): void => {
  console.log(`Skipped: ${reason}`);
  write({ skipped: reason });
};

/** Null: there is no goal, or no figure. */
export function isMet({ figure, goal }: Figure): boolean | null {
  if (goal === undefined || !Number.isFinite(figure)) return null;
  return 'atMost' in goal ? figure <= goal.atMost : figure >= goal.atLeast;
}
