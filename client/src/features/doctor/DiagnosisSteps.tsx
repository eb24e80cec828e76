import { IconAlertTriangle, IconCheck, IconMinus, IconX } from '@tabler/icons-react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { formatDuration } from '../../ui/data/duration.ts';
import classes from './ConnectionDoctor.module.css';

const DiagnosisStepFragment = graphql(`
  fragment DiagnosisSteps_step on DiagnosisStep {
    key
    title
    state
    seen
    hint
    durationMs
  }
`);

const MARKS = {
  PASSED: { Icon: IconCheck, word: 'Passed' },
  WARNING: { Icon: IconAlertTriangle, word: 'Warning' },
  FAILED: { Icon: IconX, word: 'Failed' },
  SKIPPED: { Icon: IconMinus, word: 'Skipped' },
};

type DiagnosisStepsProps = { steps: readonly FragmentType<typeof DiagnosisStepFragment>[] };

/** The steps of a diagnosis in their order: how each went, what was seen, and what to do. */
export function DiagnosisSteps({ steps }: DiagnosisStepsProps) {
  const taken = readFragment(DiagnosisStepFragment, steps);
  const failed = taken.find(({ state }) => state === 'FAILED');
  const limited = taken.some(({ state }) => state === 'WARNING') ? ', within the limits of the warning' : '';
  return (
    <>
      <p className={classes.verdict}>
        {failed ? `“${failed.title}” fails. What to do stands beside it.` : `Clients can connect${limited}.`}
      </p>
      <ol className={classes.steps}>
        {taken.map(({ key, title, state, seen, hint, durationMs }) => {
          const { Icon, word } = MARKS[state];
          return (
            <li key={key} className={classes.step} data-state={state}>
              <Icon size={16} className={classes.mark} role="img" aria-label={word} />
              <div>
                <div className={classes.title}>
                  <strong>{title}</strong>
                  {state !== 'SKIPPED' && <span className={classes.took}>{formatDuration(durationMs)}</span>}
                </div>
                <p className={classes.seen}>{seen}</p>
                {hint && <p className={classes.hint}>{hint}</p>}
              </div>
            </li>
          );
        })}
      </ol>
    </>
  );
}
