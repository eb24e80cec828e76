import { Button, Modal, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { z } from 'zod';
import type { UserProblem } from '../../apollo/problem.ts';
import { useDraft } from '../../drafts/draft-store.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Folded } from '../../ui/layout/Folded.tsx';
import { useConnectRemote } from './connect.ts';
import classes from './Remote.module.css';

type ConnectDialogProps = { deploymentId: string; opened: boolean; onClose: () => void };

/** Leads to the sign-in of a remote server. */
export function ConnectDialog({ opened, onClose, deploymentId }: ConnectDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Connect the server" keepMounted={false}>
      {opened && <ConnectForm deploymentId={deploymentId} onClose={onClose} />}
    </Modal>
  );
}

const clientSchema = z.object({ clientId: z.string(), clientSecret: z.string() });

/** Most servers register Catwalk by themselves; for the others there are fields. */
function ConnectForm({ deploymentId, onClose }: Omit<ConnectDialogProps, 'opened'>) {
  // The secret is kept in memory when the dialog closes, and never stored.
  const [{ clientId, clientSecret }, setClient] = useDraft<z.infer<typeof clientSchema>>({
    key: `remote-client:${deploymentId}`,
    schema: clientSchema,
    initial: () => ({ clientId: '', clientSecret: '' }),
    toStored: ({ clientId }) => ({ clientId, clientSecret: '' }),
  });
  const [problem, setProblem] = useState<UserProblem | null>(null);
  const { connect, connecting } = useConnectRemote(deploymentId);
  const needsClient = problem?.code === 'INVALID_INPUT';
  const fields = (
    <>
      <TextInput
        label="Client id"
        value={clientId}
        autoComplete="off"
        spellCheck={false}
        required={needsClient}
        onChange={({ currentTarget: { value } }) => setClient((now) => ({ ...now, clientId: value }))}
      />
      <PasswordInput
        label="Client secret"
        description="If the client has one. It is encrypted and never shown again."
        value={clientSecret}
        autoComplete="off"
        onChange={({ currentTarget: { value } }) => setClient((now) => ({ ...now, clientSecret: value }))}
      />
    </>
  );
  return (
    <form
      className={classes.form}
      autoComplete="off"
      onSubmit={handleSubmit(async () => setProblem(await connect({ clientId, clientSecret })))}
    >
      <p>The sign-in page of the server opens. Allow access there, and you come back to this deployment.</p>
      {problem && (
        <p className={classes.problem} role="alert">
          {problem.message} {problem.hint}
        </p>
      )}
      {needsClient ? fields : <Folded label="Use a client that I registered">{fields}</Folded>}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={connecting} data-autofocus>
          Continue
        </Button>
      </div>
    </form>
  );
}
