import { useMutation } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { payloadOf } from '../../apollo/payload.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { notifyProblem } from '../../ui/feedback/notify.ts';
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
      ...Problem_error
    }
  }
`);

const EndAllSessionsDocument = graphql(`
  mutation EndAllSessions($keepThis: Boolean!) {
    endAllSessions(keepThis: $keepThis) {
      __typename
      ...Problem_error
    }
  }
`);

const METHODS: Record<string, string> = { link: 'with a link', email: 'with a password', github: 'with GitHub' };

type SessionsProps = { viewer: FragmentType<typeof SessionsFragment>; onChanged: () => Promise<unknown> };

/** Lists the browsers in which the viewer is signed in. Signing one out closes its connections at once. */
export function Sessions(props: SessionsProps) {
  const { sessions } = readFragment(SessionsFragment, props.viewer);
  const [endOne, { loading: endingOne }] = useMutation(EndSessionDocument);
  const [endAll, { loading: endingAll }] = useMutation(EndAllSessionsDocument);
  const [isConfirming, setConfirming] = useState(false);
  const signOut = useSignOut();
  const others = sessions.filter(({ isCurrent }) => !isCurrent);

  const end = async (id: string) => {
    const { problem } = await payloadOf(
      'SignOutPayload',
      async () => (await endOne({ variables: { id } })).data?.endSession,
    );
    if (problem) notifyProblem(problem);
    await props.onChanged();
  };
  const endEverywhere = async () => {
    const { problem } = await payloadOf(
      'SignOutPayload',
      async () => (await endAll({ variables: { keepThis: false } })).data?.endAllSessions,
    );
    if (problem) notifyProblem(problem);
    else location.assign('/sign-in');
    return null;
  };

  return (
    <Panel
      title="Sessions"
      description="Signing out closes that browser’s connections at once."
      actions={
        <Button variant="default" size="xs" onClick={() => setConfirming(true)}>
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
              {session.isCurrent && <span className={classes.here}>this browser</span>}
            </div>
            <div className={classes.facts}>
              {session.address && <code>{session.address}</code>}
              <span>
                signed in <Ago at={session.createdAt} />
              </span>
              {session.method && METHODS[session.method] && <span>{METHODS[session.method]}</span>}
            </div>
            <Button
              variant="default"
              size="xs"
              loading={endingOne}
              aria-label={`Sign out ${browserName(session.userAgent)}${session.isCurrent ? ', this browser' : ''}`}
              onClick={() => void (session.isCurrent ? signOut() : end(session.id))}
            >
              Sign out
            </Button>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        opened={isConfirming}
        onClose={() => setConfirming(false)}
        title="Sign out everywhere?"
        confirm="Sign out everywhere"
        working={endingAll}
        onConfirm={endEverywhere}
      >
        This browser{others.length > 0 ? ` and ${others.length} more` : ''} will have to sign in again. API tokens and
        endpoints keep working.
      </ConfirmDialog>
    </Panel>
  );
}
