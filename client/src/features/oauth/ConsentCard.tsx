import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import type { UserProblem } from '../../apollo/problem.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { FailureCard } from '../../ui/feedback/FailureCard.tsx';
import { isEnough } from '../personal/is-enough.ts';
import { PersonalFields } from '../personal/PersonalFields.tsx';
import { type TypedValues, usePersonalValues, valuesOf } from '../personal/personal.ts';
import { useViewer } from '../viewer/viewer.ts';
import classes from './Consent.module.css';
import { type ConsentInput, useConsentDecision } from './use-consent-decision.ts';

const ConsentFragment = graphql(`
  fragment ConsentCard_request on ConsentRequest {
    clientName
    clientHost
    vouchedFor
    redirectTarget
    deploymentName
    viewName
    personalValues {
      databaseId
      set
      fields {
        name
        required
        group
        together
        ...PersonalFields_field
      }
    }
    deployment {
      id
      tools {
        name
      }
      views {
        id
        name
        effect {
          toolsAfter
        }
      }
    }
  }
`);

type ConsentCardProps = { input: ConsentInput; request: FragmentType<typeof ConsentFragment> };

/** Shows which client requests access to which deployment, and lets a person allow or deny it. */
export function ConsentCard({ input, ...props }: ConsentCardProps) {
  const request = readFragment(ConsentFragment, props.request);
  const { clientName, clientHost, vouchedFor, redirectTarget, deployment, deploymentName, viewName } = request;
  const own = request.personalValues ?? null;
  const viewer = useViewer();
  const decide = useConsentDecision(input);
  const [typed, setTyped] = useState<TypedValues>({});
  const personal = usePersonalValues(own?.databaseId ?? '');
  const given = own === null ? [] : [...own.set, ...valuesOf(typed).map(({ name }) => name)];
  const isWhole = own === null || isEnough(own.fields, given);
  const [pressed, setPressed] = useState<'allow' | 'deny' | null>(null);
  const [isSent, setSent] = useState(false);
  const [problem, setProblem] = useState<UserProblem | null>(null);

  const press = async (button: 'allow' | 'deny') => {
    setPressed(button);
    setProblem(null);
    if (button === 'allow' && valuesOf(typed).length > 0) {
      const saved = await personal.save(typed);
      if (saved.problem) {
        setProblem(saved.problem);
        setPressed(null);
        return;
      }
      setTyped({});
    }
    const outcome = await decide(button === 'allow');
    if (outcome.problem) {
      setProblem(outcome.problem);
      setPressed(null);
    } else {
      setSent(true);
      window.location.assign(outcome.payload.redirectTo);
    }
  };

  const view = viewName == null ? null : deployment?.views.find(({ name }) => name === viewName);
  const tools = (viewName == null ? deployment?.tools.length : view?.effect?.toolsAfter) ?? 0;
  const target = viewName == null ? deploymentName : `the view ${viewName} of ${deploymentName}`;
  return (
    <>
      <h1 className={classes.title}>
        Allow {clientName} to use {target}?
      </h1>
      <dl className={classes.facts}>
        <dt>App</dt>
        <dd>
          <strong>{clientName}</strong>
          <span>{vouchedFor ? `Verified by ${clientHost}` : 'Unverified: the app chose this name itself'}</span>
        </dd>
        {!vouchedFor && clientHost && (
          <>
            <dt>Claims to be from</dt>
            <dd>{clientHost}</dd>
          </>
        )}
        <dt>Access</dt>
        <dd>
          <strong>
            {tools === 0 ? 'Call all tools' : tools === 1 ? 'Call the one tool' : `Call all ${tools} tools`} of {target}
          </strong>
          <span>with {own ? 'your own keys' : 'the deployment’s credentials'}, until you disconnect the app</span>
        </dd>
        <dt>Redirects to</dt>
        <dd>
          <strong>{redirectTarget}</strong>
        </dd>
        <dt>Signed in as</dt>
        <dd>{viewer.email}</dd>
      </dl>
      {!vouchedFor && (
        <p className={classes.warning}>
          <IconAlertTriangle size={18} aria-hidden />
          <span>Only allow this if you just started it.</span>
        </p>
      )}
      {own && (
        <section aria-label="Your keys">
          <p className={classes.own}>
            {deploymentName} makes your calls with your own keys. They are encrypted, never shown again, and used for
            nobody else. You can change or remove them in your account.
          </p>
          <PersonalFields fields={own.fields} set={own.set} typed={typed} onChange={setTyped} />
        </section>
      )}
      {problem && <FailureCard failure={problem} live />}
      <div className={classes.buttons}>
        <Button
          loading={pressed === 'allow' && !isSent}
          disabled={pressed !== null || !isWhole}
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
          ? `${pressed === 'allow' ? 'Allowed' : 'Denied'}. Return to ${clientName}. You can close this page.`
          : 'The app never sees your password or your other deployments.'}
      </p>
    </>
  );
}
