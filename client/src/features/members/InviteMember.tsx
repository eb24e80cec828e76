import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { problemText } from '../../apollo/problem.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Members.module.css';
import type { FreshLink, MemberActions } from './member-actions.ts';

type InviteMemberProps = { actions: MemberActions; onInvited: (link: FreshLink) => void };

/** Makes an account for a person; the link to hand over is shown in the panel above. */
export function InviteMember({ actions, onInvited }: InviteMemberProps) {
  const [email, setEmail] = useState('');
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async () => {
    const outcome = await actions.invite(email.trim());
    if (outcome.problem) return setProblem(problemText(outcome.problem));
    setEmail('');
    onInvited(outcome.link);
  };

  return (
    <Panel title="Invite" description="Creates an account and a sign-in link that you hand over.">
      <form className={classes.invite} onSubmit={handleSubmit(submit)}>
        <TextInput
          label="Email"
          type="email"
          required
          autoComplete="off"
          value={email}
          error={problem}
          onChange={(event) => {
            setEmail(event.currentTarget.value);
            setProblem(null);
          }}
        />
        <Button type="submit" loading={actions.isWorking} disabled={email.trim() === ''}>
          Invite
        </Button>
      </form>
    </Panel>
  );
}
