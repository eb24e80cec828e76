import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import type { UserProblem } from '../../apollo/problem.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { FailureCard } from '../../ui/feedback/FailureCard.tsx';
import { useViewer } from '../viewer/viewer.ts';
import classes from './Consent.module.css';
import { type Asked, useDecide } from './decide.ts';

const ConsentFragment = graphql(`
  fragment ConsentCard_request on ConsentRequest {
    clientName
    clientHost
    vouchedFor
    redirectTarget
    deployment {
      id
      name
      tools {
        name
      }
    }
  }
`);

type ConsentCardProps = { asked: Asked; request: FragmentType<typeof ConsentFragment> };

/** Who asks, for what, and where the answer goes; and the two answers. */
export function ConsentCard({ asked, ...props }: ConsentCardProps) {
  const { clientName, clientHost, vouchedFor, redirectTarget, deployment } = readFragment(
    ConsentFragment,
    props.request,
  );
  const viewer = useViewer();
  const decide = useDecide(asked);
  const [pressed, setPressed] = useState<'allow' | 'deny' | null>(null);
  const [isSent, setSent] = useState(false);
  const [problem, setProblem] = useState<UserProblem | null>(null);

  const press = async (button: 'allow' | 'deny') => {
    setPressed(button);
    setProblem(null);
    const answer = await decide(button === 'allow');
    if (typeof answer === 'string') {
      setSent(true);
      window.location.assign(answer);
    } else {
      setProblem(answer);
      setPressed(null);
    }
  };

  const tools = deployment.tools.length;
  return (
    <>
      <h1 className={classes.title}>
        Let {clientName} use {deployment.name}?
      </h1>
      <dl className={classes.facts}>
        <dt>Program</dt>
        <dd>
          <strong>{clientName}</strong>
          <span>{vouchedFor ? `${clientHost} vouches for it` : 'unverified: it chose this name itself'}</span>
        </dd>
        {!vouchedFor && clientHost && (
          <>
            <dt>It says it is of</dt>
            <dd>{clientHost}</dd>
          </>
        )}
        <dt>It may</dt>
        <dd>
          <strong>
            {tools === 0 ? 'Call all tools' : tools === 1 ? 'Call the one tool' : `Call all ${tools} tools`} of{' '}
            {deployment.name}
          </strong>
          <span>with the credentials that you gave it, until you disconnect it</span>
        </dd>
        <dt>Answer goes to</dt>
        <dd>
          <strong>{redirectTarget}</strong>
        </dd>
        <dt>You are</dt>
        <dd>{viewer.email}</dd>
      </dl>
      {!vouchedFor && (
        <p className={classes.warning}>
          <IconAlertTriangle size={18} aria-hidden />
          <span>Allow it only if you began this yourself, just now.</span>
        </p>
      )}
      {problem && <FailureCard failure={problem} live />}
      <div className={classes.buttons}>
        <Button
          loading={pressed === 'allow' && !isSent}
          disabled={pressed !== null}
          onClick={() => void press('allow')}
        >
          Allow
        </Button>
        <Button
          variant="default"
          loading={pressed === 'deny' && !isSent}
          disabled={pressed !== null}
          onClick={() => void press('deny')}
        >
          Deny
        </Button>
      </div>
      <p className={classes.note} role="status">
        {isSent
          ? `${pressed === 'allow' ? 'Allowed' : 'Denied'}. Go on in ${clientName}; you can close this page.`
          : 'It never sees your password or your other deployments.'}
      </p>
    </>
  );
}
