import { appendFileSync } from 'node:fs';

export type Goal = { atMost: number } | { atLeast: number };

/** One figure of a benchmark. Without a goal the figure is only reported. */
export type Figure = { what: string; figure: number; unit?: string; goal?: Goal };

/** A figure that a benchmark reports to `bench/all.ts`, as a JSON line. */
export type Line = Figure | { skipped: string };

const FILE = process.env['BENCH_FIGURES'];

const write = (line: Line): void => {
  if (FILE !== undefined) appendFileSync(FILE, `${JSON.stringify(line)}\n`);
};

/** Appends a figure to the file that BENCH_FIGURES names; without it the benchmark only prints. */
export const recordFigure = (what: string, figure: number, unit = '', goal?: Goal): void =>
  write({ what, figure, unit, ...(goal === undefined ? {} : { goal }) });

/** Records that something was not measured, with the reason. */
export const recordSkipped = (reason: string): void => {
  console.log(`Skipped: ${reason}`);
  write({ skipped: reason });
};

/** True when a figure meets its goal; null without a goal or a figure. */
export function isMet({ figure, goal }: Figure): boolean | null {
  if (goal === undefined || !Number.isFinite(figure)) return null;
  return 'atMost' in goal ? figure <= goal.atMost : figure >= goal.atLeast;
}
