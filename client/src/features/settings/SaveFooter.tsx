import { Button } from '@mantine/core';
import { SaveProblem } from './SaveProblem.tsx';
import classes from './Settings.module.css';
import type { SettingsProblem } from './update-settings.ts';

type Props = { problem: SettingsProblem | null; saving: boolean; isReady: boolean };

/** The end of a settings form: the reason of a failed save, and the button that saves. */
export function SaveFooter({ problem, saving, isReady }: Props) {
  return (
    <>
      <SaveProblem problem={problem} />
      <div className={classes.buttons}>
        <Button type="submit" loading={saving} disabled={!isReady}>
          Save
        </Button>
      </div>
    </>
  );
}
