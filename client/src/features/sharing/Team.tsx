import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { problemText } from '../../apollo/problem.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { notifyProblem } from '../../ui/feedback/notify.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import classes from './Sharing.module.css';
import type { TeamActions } from './team-actions.ts';

export const TeamFragment = graphql(`
  fragment Team_team on Team {
    id
    name
    viewerManages
    members {
      userId
      name
      email
      manages
    }
  }
`);

/** One team with its members, which its managers change. */
export function Team({ actions, ...props }: { team: FragmentType<typeof TeamFragment>; actions: TeamActions }) {
  const { id, name, viewerManages, members } = readFragment(TeamFragment, props.team);
  const [isDeleting, setDeleting] = useState(false);
  const [newName, setNewName] = useState<string | null>(null);
  const [person, setPerson] = useState('');
  const [manages, setManages] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const rename = async () => {
    const found = await actions.rename(id, newName ?? name);
    if (found) notifyProblem(found);
    else setNewName(null);
  };
  const add = async () => {
    const found = await actions.addMember(id, person.trim(), manages);
    setProblem(found && problemText(found));
    if (found) return;
    setPerson('');
    setManages(false);
  };
  const remove = async (userId: string) => {
    const found = await actions.removeMember(id, userId);
    if (found) notifyProblem(found);
  };

  return (
    <section className={classes.team} aria-label={`Team ${name}`}>
      {newName === null ? (
        <div className={classes.head}>
          <h3>{name}</h3>
          {viewerManages && (
            <>
              <Button variant="default" size="xs" aria-label={`Rename ${name}`} onClick={() => setNewName(name)}>
                Rename
              </Button>
              <Button variant="default" size="xs" aria-label={`Delete ${name}`} onClick={() => setDeleting(true)}>
                Delete
              </Button>
            </>
          )}
        </div>
      ) : (
        <form className={classes.row} onSubmit={handleSubmit(rename)}>
          <TextInput
            label="Team name"
            data-autofocus
            value={newName}
            onChange={(event) => setNewName(event.currentTarget.value)}
          />
          <Button type="submit" disabled={newName.trim() === ''} loading={actions.isWorking}>
            Save
          </Button>
          <Button variant="default" onClick={() => setNewName(null)}>
            Cancel
          </Button>
        </form>
      )}
      <ul className={classes.members}>
        {members.map((member) => (
          <li key={member.userId}>
            <span>
              {member.name} · {member.email}
              {member.manages && ' · manages the team'}
            </span>
            {viewerManages && (
              <Button
                variant="subtle"
                size="xs"
                aria-label={`Remove ${member.name} from ${name}`}
                onClick={() => void remove(member.userId)}
              >
                Remove
              </Button>
            )}
          </li>
        ))}
      </ul>
      {viewerManages && (
        <form className={classes.row} autoComplete="off" onSubmit={handleSubmit(add)}>
          <TextInput
            label="Add a person"
            placeholder="Name or email"
            value={person}
            error={problem}
            onChange={(event) => {
              setPerson(event.currentTarget.value);
              setProblem(null);
            }}
          />
          <Checkbox
            label="Manages the team"
            checked={manages}
            onChange={(event) => setManages(event.currentTarget.checked)}
          />
          <Button type="submit" variant="default" loading={actions.isWorking} disabled={person.trim() === ''}>
            Add
          </Button>
        </form>
      )}
      <ConfirmDialog
        opened={isDeleting}
        onClose={() => setDeleting(false)}
        title={`Delete ${name}?`}
        confirm="Delete"
        working={actions.isWorking}
        onConfirm={() => actions.remove(id)}
      >
        Its members lose what is shared with the team alone: their apps are disconnected, and their keys are deleted.
      </ConfirmDialog>
    </section>
  );
}
