export type Figures = { calls: number; errors: number; p50Ms?: number | null; p95Ms?: number | null };
export type DayFigures = Figures & { day: string };

/** Returns every day of `days`, with its figures or with zeros. */
export function fillDays(days: readonly { day: string }[], figures: readonly DayFigures[]): DayFigures[] {
  const known = new Map(figures.map((one) => [one.day, one]));
  return days.map(({ day }) => known.get(day) ?? { day, calls: 0, errors: 0, p50Ms: null, p95Ms: null });
}

/** The least round number that is not below a value: 1, 2 or 5 times a power of ten. The top of a chart. */
export function roundUp(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const leading = [1, 2, 5].find((step) => step * power >= value);
  return leading === undefined ? 10 * power : leading * power;
}

type Values = readonly (number | null | undefined)[];

/** Places each value in a box of 100 by 100; null where there is no value. */
const pointsOf = (values: Values, top: number): (string | null)[] =>
  values.map((value, index) =>
    value === null || value === undefined
      ? null
      : `${(((index + 0.5) * 100) / values.length).toFixed(2)} ${(100 - (100 * value) / top).toFixed(2)}`,
  );

/** Draws a line through values, in a box of 100 by 100, as the path of an SVG. It has gaps where there is no value. */
export const linePath = (values: Values, top: number): string => {
  const points = pointsOf(values, top);
  return points.map((point, index) => (point ? `${points[index - 1] ? 'L' : 'M'}${point}` : '')).join('');
};

/** With more values than this, dots would touch each other. */
const DOTS_MAX = 31;

/** Draws the same values as dots: lines of no length, which round caps make visible. */
export const dotPath = (values: Values, top: number): string =>
  values.length > DOTS_MAX
    ? ''
    : pointsOf(values, top)
        .map((point) => (point ? `M${point}L${point}` : ''))
        .join('');
