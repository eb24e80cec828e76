import { Button } from '@mantine/core';
import { useState } from 'react';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { notifyDone, notifyProblem } from '../../ui/feedback/notify.ts';
import { UpdateDeploymentDocument } from '../deployments/intents.ts';
import { useIntent } from '../deployments/use-intent.ts';
import classes from './Calls.module.css';

type RecordingProps = { id: string; isOn: boolean; isOwner: boolean; onChanged: () => void };

/** Lets owners switch the recording of arguments and results; a banner for everyone while it is on. */
export function Recording({ id, isOn, isOwner, onChanged }: RecordingProps) {
  const [update, saving] = useIntent(UpdateDeploymentDocument);
  const [isAsking, setAsking] = useState(false);
  const change = async (recordsBodies: boolean) => {
    const problem = await update({ input: { id, recordsBodies } });
    if (!problem) onChanged();
    return problem;
  };
  const stop = async () => {
    const problem = await change(false);
    if (problem) notifyProblem(problem);
    else notifyDone('Arguments and results are no longer recorded.');
  };
  if (isOn)
    return (
      <p className={classes.note} role="status">
        Arguments and results of calls are being recorded. Only owners can see them.{' '}
        {isOwner && (
          <Button variant="default" size="compact-xs" loading={saving} onClick={() => void stop()}>
            Stop recording
          </Button>
        )}
      </p>
    );
  if (!isOwner) return null;
  return (
    <>
      <p className={classes.hint}>
        Arguments and results are not recorded.{' '}
        <Button variant="default" size="compact-xs" onClick={() => setAsking(true)}>
          Record arguments and results
        </Button>
      </p>
      <ConfirmDialog
        opened={isAsking}
        onClose={() => setAsking(false)}
        title="Record arguments and results?"
        confirm="Record"
        tone="plain"
        working={saving}
        onConfirm={() => change(true)}
      >
        From now on owners can read what clients send to this server and what it answers, for each call of every caller.
        Credentials are taken out before they leave the machine, each text is cut at 16 kB, and all is encrypted.
        Personal data that is no credential stays readable.
      </ConfirmDialog>
    </>
  );
}
