import { useQuery } from '@apollo/client/react';
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { problemText } from '../../apollo/problem.ts';
import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import { graphql } from '../../generated/index.ts';
import { NoEntries } from '../../ui/data/EntryList.tsx';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Sharing.module.css';
import { Team } from './Team.tsx';
import { useTeamActions } from './team-actions.ts';

const TeamsDocument = graphql(`
  query Teams {
    teams {
      id
      ...Team_team
    }
  }
`);

/** The teams of the viewer: people with whom deployments are shared together. */
export function Teams() {
  const { data, error, refetch } = useQuery(TeamsDocument, { fetchPolicy: 'cache-and-network' });
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const actions = useTeamActions(refetch);
  const submit = async () => {
    const found = await actions.create(name.trim());
    setProblem(found && problemText(found));
    if (!found) setName('');
  };
  return (
    <Panel title="Teams" description="Share a deployment with a team under Access, to let all its members in." flush>
      <form className={classes.share} autoComplete="off" onSubmit={handleSubmit(submit)}>
        <TextInput
          label="New team"
          placeholder="Support"
          value={name}
          error={problem}
          onChange={(event) => {
            setName(event.currentTarget.value);
            setProblem(null);
          }}
        />
        <Button type="submit" loading={actions.isWorking} disabled={name.trim() === ''}>
          Create team
        </Button>
      </form>
      {error && !data && <RequestFailure error={error} onRetry={() => void refetch()} />}
      {data?.teams.length === 0 && <NoEntries>You are in no team.</NoEntries>}
      {data?.teams.map((team) => (
        <Team key={team.id} team={team} actions={actions} />
      ))}
    </Panel>
  );
}
