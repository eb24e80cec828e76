import { IconAlertTriangle, IconCircleX } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import { Ago } from '../data/Times.tsx';
import classes from './FailureCard.module.css';

export type Failure = {
  code: string;
  message: string;
  hint?: string | null | undefined;
  occurredAt?: string | null | undefined;
  stderrTail?: readonly string[];
};

type FailureCardProps = {
  failure: Failure;
  tone?: 'red' | 'amber';
  actions?: ReactNode;
  /** Inputs for what is missing, above the actions. */
  children?: ReactNode;
  live?: boolean;
  /** A short description of how the process ended. */
  ending?: string | null;
};

/** Shows what happened, how to fix it, the actions that do so, and the end of the server's log. */
export function FailureCard(props: FailureCardProps) {
  const { failure, tone = 'red', actions, children, live = false, ending = null } = props;
  const id = useId();
  const FailureIcon = tone === 'red' ? IconCircleX : IconAlertTriangle;
  const tail = failure.stderrTail ?? [];
  return (
    <section className={classes.card} data-tone={tone} aria-labelledby={id} role={live ? 'alert' : undefined}>
      <FailureIcon className={classes.icon} size={20} aria-hidden />
      <div className={classes.content}>
        <h2 id={id} className={classes.message}>
          {failure.message}
        </h2>
        {failure.hint && <p className={classes.hint}>{failure.hint}</p>}
        {children}
        {actions && <div className={classes.actions}>{actions}</div>}
        {tail.length > 0 && (
          <details className={classes.tail} open={tail.length <= 4}>
            <summary>{labelOf(tail)}</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
            <pre tabIndex={0}>{tail.join('\n')}</pre>
          </details>
        )}
        <p className={classes.meta}>
          <code>{failure.code}</code>
          {ending && <span>{ending}</span>}
          {failure.occurredAt && <Ago at={failure.occurredAt} />}
        </p>
      </div>
    </section>
  );
}

/** A long output is cut between its first and last lines. */
const labelOf = (tail: readonly string[]): string => {
  if (tail.includes('…')) return 'First and last log lines';
  return tail.length === 1 ? 'Last log line' : `Last ${tail.length} log lines`;
};
