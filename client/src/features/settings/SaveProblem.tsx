import classes from './Settings.module.css';
import type { SettingsProblem } from './update-settings.ts';

/** Shows why saving failed; the error of a single field shows at that field. */
export function SaveProblem({ problem }: { problem: SettingsProblem | null }) {
  if (!problem) return null;
  const isAtField = Object.keys(problem.byField).length > 0;
  if (isAtField && !problem.hint) return null;
  return (
    <p className={classes.problem} role="alert">
      {isAtField ? null : `${problem.message} `}
      {problem.hint}
    </p>
  );
}
