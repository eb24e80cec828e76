export type Figures = { calls: number; errors: number; p50Ms?: number | null; p95Ms?: number | null };
export type DayFigures = Figures & { day: string };

/** Every day of `days`, with the figures of those on which there were any. */
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

/** The points of a line, in a box of 100 by 100, as the path of an SVG: it breaks where there is no value. */
export function linePath(values: readonly (number | null | undefined)[], top: number): string {
  const step = 100 / values.length;
  let isDrawing = false;
  return values
    .map((value, index) => {
      if (value === null || value === undefined) {
        isDrawing = false;
        return '';
      }
      // A point alone is a line of no length, which round caps make a dot.
      const to = `${((index + 0.5) * step).toFixed(2)} ${(100 - (100 * value) / top).toFixed(2)}`;
      const segment = isDrawing ? `L${to}` : `M${to}L${to}`;
      isDrawing = true;
      return segment;
    })
    .join('');
}
