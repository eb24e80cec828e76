import type { ReactNode } from 'react';
import { EffectFigures } from './EffectFigures.tsx';
import classes from './Views.module.css';

type SaveBarProps = {
  effect: (Parameters<typeof EffectFigures>[0]['effect'] & { notes: readonly string[] }) | null;
  problems: readonly string[];
  isChanged: boolean;
  /** False while the effect of the last change is being read. */
  isCurrent: boolean;
  buttons: ReactNode;
};

/** Stays in sight while rules are edited: their effect, what is wrong with them, and the way to save them. */
export function SaveBar({ effect, problems, isChanged, isCurrent, buttons }: SaveBarProps) {
  return (
    <section className={classes.bar} aria-label="Effect of the view">
      <div className={classes.barLine}>
        {effect ? (
          <div data-stale={!isCurrent || undefined} className={classes.effect}>
            <EffectFigures effect={effect} />
          </div>
        ) : (
          <span className="muted small">The effect shows once the server has run.</span>
        )}
        <div className={classes.buttons}>
          <span className="muted small" role="status">
            {isChanged ? 'Not saved' : ''}
          </span>
          {buttons}
        </div>
      </div>
      {problems.map((problem) => (
        <p key={problem} className={classes.problem} role="alert">
          {problem}
        </p>
      ))}
      {effect && effect.notes.length > 0 && (
        <ul className={classes.notes} aria-label="Notes">
          {effect.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
