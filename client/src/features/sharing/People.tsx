import { useQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Entry, EntryList, EntryNote, NoEntries } from '../../ui/data/EntryList.tsx';
import { Ago } from '../../ui/data/Times.tsx';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { useLastValue } from '../../ui/feedback/use-last-value.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { ROLE_NAMES } from './roles.ts';
import { ShareForm } from './ShareForm.tsx';
import { useShareActions } from './share-actions.ts';

export const PeopleFragment = graphql(`
  fragment People_deployment on Deployment {
    id
    name
    access
    viewerRole
    ownerName
    shares {
      id
      role
      personName
      personEmail
      everyone
      createdAt
      team {
        id
        name
      }
    }
  }
`);

const PeopleDocument = graphql(`
  query PeopleHere {
    installation {
      members
    }
  }
`);

type Named = {
  personName?: string | null | undefined;
  everyone: boolean;
  team?: { name: string } | null | undefined;
};

const nameOf = ({ personName, everyone, team }: Named): string =>
  everyone ? 'Everyone here' : (team?.name ?? personName ?? '');

/** The other people who may use or manage a deployment. Owners share it and take it back. */
export function People(props: { deployment: FragmentType<typeof PeopleFragment> }) {
  const deployment = readFragment(PeopleFragment, props.deployment);
  const { data } = useQuery(PeopleDocument);
  const [ending, setEnding] = useState<(typeof deployment.shares)[number] | null>(null);
  const shown = useLastValue(ending);
  const { unshare, isEnding } = useShareActions();
  const isOwner = deployment.viewerRole === 'OWN';
  if (!data?.installation.members && deployment.shares.length === 0) return null; // nobody else can have an account
  return (
    <Panel
      title="People"
      description={`Belongs to ${deployment.ownerName}. Share it with other people of this server, or with a team.`}
      flush
    >
      {isOwner && <ShareForm deploymentId={deployment.id} isOAuth={deployment.access === 'OAUTH'} />}
      {deployment.shares.length === 0 && <NoEntries>Shared with no one else.</NoEntries>}
      <EntryList>
        {deployment.shares.map((share) => (
          <Entry
            key={share.id}
            name={nameOf(share)}
            beside={
              <EntryNote>
                {[share.personEmail, share.team && 'team', ROLE_NAMES[share.role]].filter(Boolean).join(' · ')}
              </EntryNote>
            }
            times={
              <span>
                shared <Ago at={share.createdAt} />
              </span>
            }
            action={
              isOwner && (
                <Button
                  variant="default"
                  size="xs"
                  aria-label={`Stop sharing with ${nameOf(share)}`}
                  onClick={() => setEnding(share)}
                >
                  Stop sharing
                </Button>
              )
            }
          />
        ))}
      </EntryList>
      <ConfirmDialog
        opened={ending !== null}
        onClose={() => setEnding(null)}
        title={`Stop sharing with ${shown ? nameOf(shown) : ''}?`}
        confirm="Stop sharing"
        working={isEnding}
        onConfirm={async () => (ending === null ? null : unshare(ending.id))}
      >
        Apps that they connected are disconnected at once, keys that they entered are deleted, and tokens that they made
        are revoked.
      </ConfirmDialog>
    </Panel>
  );
}
