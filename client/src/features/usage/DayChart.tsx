import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react';
import classes from './Usage.module.css';

type DayChartProps = {
  title: string;
  /** Names a day, or another time that a value stands for. */
  format?: (day: string) => string;
  days: readonly { day: string }[];
  /** The value at the top of the scale, as shown. */
  top: string;
  /** The drawing, in a box of 100 by 100. */
  children: ReactNode;
  /** Shown above the chart while no day is selected. */
  summary: ReactNode;
  /** Shown above the chart for the selected day. */
  detail: (index: number) => ReactNode;
};

const dayFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });
export const formatDay = (day: string): string => dayFormat.format(new Date(`${day}T00:00:00Z`));

/** A chart over days. Pointer and arrow keys select a day, whose figures show above the chart without moving it. */
export function DayChart({ title, format = formatDay, days, top, children, summary, detail }: DayChartProps) {
  const [at, setAt] = useState<number | null>(null);
  const last = days.length - 1;
  const shown = at === null ? null : Math.min(at, last);
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setAt(Math.max(0, Math.min(last, Math.floor(((event.clientX - box.left) / box.width) * days.length))));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = { ArrowLeft: (shown ?? days.length) - 1, ArrowRight: (shown ?? -1) + 1, Home: 0, End: last }[
      event.key
    ];
    if (event.key === 'Escape') setAt(null);
    if (next === undefined) return;
    event.preventDefault();
    setAt(Math.max(0, Math.min(last, next)));
  };
  const first = days[0];
  const end = days[last];

  return (
    <figure className={classes.chart}>
      <figcaption className={classes.caption}>
        <strong>{title}</strong>
        <span className={classes.detail} aria-live="polite">
          {shown === null ? summary : detail(shown)}
        </span>
      </figcaption>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is a part of a form, which this is not */}
      <div
        className={classes.plot}
        role="group"
        aria-label={`${title} over time. Use the arrow keys to select a time.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard reads single days
        tabIndex={0}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setAt(null)}
        onKeyDown={onKeyDown}
        onBlur={() => setAt(null)}
      >
        <span className={classes.top} aria-hidden>
          {top}
        </span>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {shown !== null && (
            <rect
              className={classes.cursor}
              x={(100 * shown) / days.length}
              y={0}
              width={100 / days.length}
              height={100}
            />
          )}
          {children}
        </svg>
      </div>
      <div className={classes.axis} aria-hidden>
        <span>{first && format(first.day)}</span>
        <span>{end && format(end.day)}</span>
      </div>
    </figure>
  );
}
