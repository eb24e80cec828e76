import { IconAlertCircleFilled, IconCircle, IconCircleCheckFilled } from '@tabler/icons-react';
import { formatDuration } from './duration.ts';
import classes from './Timeline.module.css';
import { Elapsed } from './Times.tsx';

export type TimelineStep = {
  key: string;
  label: string;
  state: 'waiting' | 'running' | 'done' | 'failed';
  /** Milliseconds the finished step took. */
  took?: number | undefined;
  /** When the running step began. */
  since?: string | undefined;
  /** A short remark: the finding or the current action. */
  note?: string | undefined;
  /** Explains the step on hover. */
  hint?: string | undefined;
};

type TimelineProps = { steps: readonly TimelineStep[]; label: string; direction?: 'row' | 'column' };

/** Shows steps with their durations; the running one counts up. A row on wide screens, a column on narrow ones. */
export function Timeline({ steps, label, direction = 'row' }: TimelineProps) {
  return (
    <ol className={classes.timeline} aria-label={label} data-direction={direction}>
      {steps.map((step) => (
        <li
          key={step.key}
          className={classes.step}
          data-state={step.state}
          aria-current={step.state === 'running' ? 'step' : undefined}
        >
          <span className={classes.mark} aria-hidden>
            {step.state === 'done' && <IconCircleCheckFilled size={18} />}
            {step.state === 'failed' && <IconAlertCircleFilled size={18} />}
            {step.state === 'waiting' && <IconCircle size={18} stroke={1.5} />}
            {step.state === 'running' && <span className={classes.spinner} />}
          </span>
          <span className={classes.text}>
            <span className={classes.label} title={step.hint}>
              {step.label}
            </span>
            <span className={classes.detail}>
              {step.state === 'running' && step.since && <Elapsed since={step.since} />}
              {step.state !== 'running' && step.took !== undefined && (
                <span className="numbers">{formatDuration(step.took)}</span>
              )}
              {step.note && <span className={classes.note}>{step.note}</span>}
            </span>
            <span className="visually-hidden">{STATE_LABELS[step.state]}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

const STATE_LABELS = { waiting: 'not started', running: 'in progress', done: 'done', failed: 'failed' } as const;
