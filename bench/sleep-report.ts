import { type Goal, recordFigure } from './figures.ts';

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Records a figure of `bench/sleep.ts`, and prints its line of the table. */
export function report(what: string, figure: number, unit: string, goal?: Goal): void {
  recordFigure(what, figure, unit, goal);
  console.log(`| ${what} | ${Number.isInteger(figure) ? figure : figure.toFixed(2)} ${unit} |`);
}
