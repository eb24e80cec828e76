import { useMutation } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { payloadOf } from '../../apollo/payload.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { complain } from '../../ui/feedback/complain.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { useSignOut } from '../viewer/sign-out.ts';
import classes from './Account.module.css';
import { browserName } from './browser-name.ts';

const SessionsFragment = graphql(`
  fragment Sessions_viewer on Viewer {
    id
    sessions {
      id
      method
      address
      userAgent
      createdAt
      isCurrent
    }
  }
`);

const EndSessionDocument = graphql(`
  mutation EndSession($id: ID!) {
    endSession(id: $id) {
      __typename
      ... on UserError {
        message
        hint
      }
    }
  }
`);

const EndAllSessionsDocument = graphql(`
  mutation EndAllSessions($keepThis: Boolean!) {
    endAllSessions(keepThis: $keepThis) {
      __typename
      ... on UserError {
        message
        hint
      }
    }
  }
`);

const METHODS: Record<string, string> = { link: 'by link', email: 'by password', github: 'by GitHub' };

type SessionsProps = { viewer: FragmentType<typeof SessionsFragment>; onChanged: () => Promise<unknown> };

/** Browsers the viewer is signed in with. Ending one ends what it has open, wherever it is. */
export function Sessions(props: SessionsProps) {
  const { sessions } = readFragment(SessionsFragment, props.viewer);
  const [endOne, { loading: endingOne }] = useMutation(EndSessionDocument);
  const [endAll, { loading: endingAll }] = useMutation(EndAllSessionsDocument);
  const [asking, setAsking] = useState(false);
  const signOut = useSignOut();
  const others = sessions.filter(({ isCurrent }) => !isCurrent);

  const end = async (id: string) => {
    const { problem } = await payloadOf(
      'SignOutPayload',
      async () => (await endOne({ variables: { id } })).data?.endSession,
    );
    if (problem) complain(problem);
    await props.onChanged();
  };
  const endEverywhere = async () => {
    const { problem } = await payloadOf(
      'SignOutPayload',
      async () => (await endAll({ variables: { keepThis: false } })).data?.endAllSessions,
    );
    if (problem) complain(problem);
    else location.assign('/sign-in');
    return null;
  };

  return (
    <Panel
      title="Signed in"
      description="Whatever a browser has open here ends the moment it is signed out."
      actions={
        <Button variant="default" size="xs" onClick={() => setAsking(true)}>
          Sign out everywhere
        </Button>
      }
      flush
    >
      <ul className={classes.list}>
        {sessions.map((session) => (
          <li key={session.id} className={classes.session}>
            <div className={classes.names}>
              <span className={classes.name}>{browserName(session.userAgent)}</span>
              {session.isCurrent && <span className={classes.here}>this one</span>}
            </div>
            <div className={classes.facts}>
              {session.address && <code>{session.address}</code>}
              <span>
                since <Ago at={session.createdAt} />
              </span>
              {session.method && METHODS[session.method] && <span>{METHODS[session.method]}</span>}
            </div>
            <Button
              variant="default"
              size="xs"
              loading={endingOne}
              aria-label={`Sign out ${browserName(session.userAgent)}${session.isCurrent ? ', this one' : ''}`}
              onClick={() => void (session.isCurrent ? signOut() : end(session.id))}
            >
              Sign out
            </Button>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title="Sign out everywhere?"
        confirm="Sign out everywhere"
        working={endingAll}
        onConfirm={endEverywhere}
      >
        This browser{others.length > 0 ? ` and ${others.length} more` : ''} will have to sign in again. API tokens and
        endpoints go on working.
      </ConfirmDialog>
    </Panel>
  );
}
