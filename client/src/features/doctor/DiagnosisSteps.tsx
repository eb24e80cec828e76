import { IconAlertTriangle, IconCheck, IconMinus, IconX } from '@tabler/icons-react';
import { isLocalUrl } from '../../../../server/connect/endpoint.ts';
import { knownLimits } from '../../../../server/connect/guides.ts';
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
  PASSED: { Icon: IconCheck, label: 'Passed' },
  WARNING: { Icon: IconAlertTriangle, label: 'Warning' },
  FAILED: { Icon: IconX, label: 'Failed' },
  SKIPPED: { Icon: IconMinus, label: 'Skipped' },
};

type DiagnosisStepsProps = { steps: readonly FragmentType<typeof DiagnosisStepFragment>[] };

/** Lists the steps of a diagnosis in order: the result of each, what was seen, and how to fix it. */
export function DiagnosisSteps({ steps }: DiagnosisStepsProps) {
  const results = readFragment(DiagnosisStepFragment, steps);
  const failed = results.find(({ state }) => state === 'FAILED');
  const limited = results.some(({ state }) => state === 'WARNING');
  return (
    <>
      <p className={classes.verdict}>
        {failed
          ? `“${failed.title}” failed. See how to fix it below.`
          : `Clients${isLocalUrl(location.href) ? ' on this computer' : ''} can connect.${limited ? ' See the warning below.' : ''}`}
      </p>
      <ol className={classes.steps}>
        {results.map(({ key, title, state, seen, hint, durationMs }) => {
          const { Icon, label } = MARKS[state];
          return (
            <li key={key} className={classes.step} data-state={state}>
              <Icon size={16} className={classes.mark} role="img" aria-label={label} />
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
      {!failed && (
        <details className={classes.limits}>
          <summary>A client still has trouble?</summary>
          <ul>
            {knownLimits().map(({ sign, reason, remedy, clients }) => (
              <li key={sign}>
                {sign} {reason} {remedy} Seen with {clients.join(', ')}.
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
