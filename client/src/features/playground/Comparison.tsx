import { Button } from '@mantine/core';
import { formatDuration } from '../../ui/data/duration.ts';
import { type Call, isFailure } from './call.ts';
import { compareValues } from './compare.ts';
import classes from './Playground.module.css';

type ComparisonProps = { before: Call; after: Call; onClose: () => void };

const resultOf = ({ outcome, error }: Call): unknown => outcome?.result ?? error;

/** Compares two finished calls: how they differ in arguments, result and time. */
export function Comparison({ before, after, onClose }: ComparisonProps) {
  return (
    <section className={classes.call} aria-label="Comparison">
      <div className={classes.callHead}>
        <span className="small">
          {summary(before)} → {summary(after)}
        </span>
        <Button size="compact-xs" variant="default" onClick={onClose}>
          Close comparison
        </Button>
      </div>
      <Difference label="Arguments" before={before.request.args} after={after.request.args} />
      <Difference label="Result" before={resultOf(before)} after={resultOf(after)} />
    </section>
  );
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });

const summary = (call: Call): string =>
  `${clock.format(call.startedAt)} · ${isFailure(call) ? 'failed after' : 'completed in'} ${formatDuration(call.tookMs ?? 0)}`;

const MARKS = { both: ' ', before: '−', after: '+' } as const;
const SPOKEN = { both: '', before: 'Before: ', after: 'After: ' } as const;

function Difference({ label, before, after }: { label: string; before: unknown; after: unknown }) {
  const lines = compareValues(before, after);
  const isSame = lines?.every(({ side }) => side === 'both');
  return (
    <figure className={classes.difference} aria-label={label}>
      <figcaption className="small muted">{isSame ? `${label}: the same` : label}</figcaption>
      {lines === null && <p className="small">They have next to nothing in common.</p>}
      {lines && !isSame && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <pre tabIndex={0}>
          {lines.map(({ side, text }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a comparison never changes
            <span key={index} data-side={side}>
              <span aria-hidden>{MARKS[side]} </span>
              <span className="visually-hidden">{SPOKEN[side]}</span>
              {`${text}\n`}
            </span>
          ))}
        </pre>
      )}
    </figure>
  );
}
