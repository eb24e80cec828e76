import { Button } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { problemText, type UserProblem } from '../../apollo/problem.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { count } from '../../ui/data/count.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { EmptyState } from '../../ui/feedback/EmptyState.tsx';
import { notifyDone } from '../../ui/feedback/notify.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { ChangedDefinition } from './ChangedDefinition.tsx';
import classes from './Definitions.module.css';
import { useDefinitionActions } from './definition-actions.ts';
import { PolicyChoice } from './PolicyChoice.tsx';

const DefinitionChangesFragment = graphql(`
  fragment DefinitionChanges_deployment on Deployment {
    id
    viewerRole
    currentRelease {
      id
      runtime
    }
    definitions {
      policy
      agreedAt
      observedAt
      key
      changeCount
      heldCount
      changes {
        capability
        name
        ...ChangedDefinition_change
      }
    }
  }
`);

/** Shows how the definitions of a server differ from what was agreed to, to approve them at once. */
export function DefinitionChanges(props: { deployment: FragmentType<typeof DefinitionChangesFragment> }) {
  const { id, viewerRole, currentRelease, definitions } = readFragment(DefinitionChangesFragment, props.deployment);
  const { isApproving, isChoosing, approve, choose } = useDefinitionActions(id);
  const [problem, setProblem] = useState<UserProblem | null>(null);
  const isOwner = viewerRole === 'OWN';
  const policy = definitions?.policy ?? 'NOTIFY';
  const key = definitions?.key ?? null;
  const report = (found: UserProblem | null, done: string) => {
    setProblem(found);
    if (!found) notifyDone(done);
  };
  return (
    <>
      <Panel
        title="Changes"
        description={
          definitions?.observedAt ? (
            <>
              {count(definitions.changeCount, 'change')} since you agreed, {definitions.heldCount} to review. Seen{' '}
              <Ago at={definitions.observedAt} />.
            </>
          ) : (
            'Tools, prompts, resources and instructions that differ from what you agreed to.'
          )
        }
        actions={
          key !== null &&
          isOwner && (
            <Button
              size="xs"
              leftSection={<IconShieldCheck size={14} />}
              loading={isApproving}
              onClick={async () => report(await approve(key), 'Changes approved')}
            >
              Approve
            </Button>
          )
        }
      >
        {problem && (
          <p className={classes.problem} role="alert">
            {problemText(problem)}
          </p>
        )}
        {key === null || !definitions ? (
          <EmptyState icon={<IconShieldCheck size={28} />} title="No changes">
            {definitions?.agreedAt ? (
              <>
                The server offers what you agreed to <Ago at={definitions.agreedAt} />.
              </>
            ) : (
              'The first start of the server shows what it offers.'
            )}
          </EmptyState>
        ) : (
          <ul className={classes.list} aria-label="Changes">
            {definitions.changes.map((change) => (
              <li key={`${change.capability} ${change.name}`}>
                <ChangedDefinition change={change} isHolding={policy === 'HOLD'} />
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <PolicyChoice
        policy={policy}
        disabled={!isOwner || isChoosing}
        canHold={currentRelease?.runtime !== 'REMOTE'}
        onChoose={async (chosen) => report(await choose(chosen), 'Policy saved')}
      />
    </>
  );
}
