import { useQuery } from '@apollo/client/react';
import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { problemText } from '../../apollo/problem.ts';
import type { ShareRole } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { ROLES } from './roles.ts';
import classes from './Sharing.module.css';
import { useShareActions } from './share-actions.ts';

const TeamChoicesDocument = graphql(`
  query TeamChoices {
    teams {
      id
      name
    }
  }
`);

const PERSON = 'person';
const EVERYONE = 'everyone';

/** Chooses a person, a team or everyone, and what they may do. */
export function ShareForm({ deploymentId, isOAuth }: { deploymentId: string; isOAuth: boolean }) {
  const { data } = useQuery(TeamChoicesDocument, { fetchPolicy: 'cache-and-network' });
  const [target, setTarget] = useState(PERSON);
  const [person, setPerson] = useState('');
  const [chosen, setChosen] = useState<ShareRole>(isOAuth ? 'USE' : 'OPERATE');
  const [problem, setProblem] = useState<string | null>(null);
  const { share, isSharing } = useShareActions();
  const role = target === EVERYONE ? 'USE' : chosen;

  const submit = async () => {
    const to =
      target === PERSON ? { person: person.trim() } : target === EVERYONE ? { everyone: true } : { teamId: target };
    const found = await share({ deploymentId, role, ...to });
    setProblem(found && problemText(found));
    if (!found) setPerson('');
  };

  return (
    <form className={classes.share} autoComplete="off" onSubmit={handleSubmit(submit)}>
      <Select
        label="Share with"
        allowDeselect={false}
        data={[
          { value: PERSON, label: 'A person' },
          ...(data?.teams ?? []).map(({ id, name }) => ({ value: id, label: `Team ${name}` })),
          ...(isOAuth ? [{ value: EVERYONE, label: 'Everyone here' }] : []),
        ]}
        value={target}
        onChange={(next) => {
          setTarget(next ?? PERSON);
          setProblem(null);
        }}
      />
      {target === PERSON && (
        <TextInput
          label="Name or email"
          value={person}
          onChange={(event) => {
            setPerson(event.currentTarget.value);
            setProblem(null);
          }}
        />
      )}
      <Select
        label="Role"
        allowDeselect={false}
        disabled={target === EVERYONE}
        data={ROLES.filter(({ value }) => isOAuth || value !== 'USE')}
        value={role}
        onChange={(next) => next && setChosen(next as ShareRole)} // one of the roles above
      />
      <Button type="submit" loading={isSharing} disabled={target === PERSON && person.trim() === ''}>
        Share
      </Button>
      {problem && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      {!isOAuth && <p className={classes.note}>Choose OAuth as its access to let people connect apps of their own.</p>}
    </form>
  );
}
