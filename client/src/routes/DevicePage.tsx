import { useQuery } from '@apollo/client/react';
import { Button, TextInput } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useLocation } from 'react-router';
import classes from '../features/account/Account.module.css';
import { DeviceRequest } from '../features/account/DeviceRequest.tsx';
import { graphql } from '../generated/index.ts';
import { EmptyState } from '../ui/feedback/EmptyState.tsx';
import { RequestFailure } from '../ui/feedback/RequestFailure.tsx';
import { submitting } from '../ui/inputs/submitting.ts';
import { Page } from '../ui/layout/Page.tsx';
import { PageHeader } from '../ui/layout/PageHeader.tsx';
import { Panel } from '../ui/layout/Panel.tsx';

const DevicePageDocument = graphql(`
  query DevicePage($code: String!) {
    deviceLogin(code: $code) {
      ...DeviceRequest_device
    }
  }
`);

/** As it is shown: four letters, a hyphen, four letters. */
const shown = (code: string): string => {
  const letters = code
    .toUpperCase()
    .replace(/[^A-Z]/g, '')
    .slice(0, 8);
  return letters.length > 4 ? `${letters.slice(0, 4)}-${letters.slice(4)}` : letters;
};

/** Where `catwalk login` sends people: the code comes in the fragment, which no server and no log ever sees. */
export function Component() {
  const { hash } = useLocation();
  const [typed, setTyped] = useState(() => shown(hash));
  const [code, setCode] = useState(() => (shown(hash).length === 9 ? shown(hash) : null));
  const [decided, setDecided] = useState<boolean | null>(null);
  const { data, error } = useQuery(DevicePageDocument, {
    variables: { code: code ?? '' },
    skip: code === null,
    fetchPolicy: 'no-cache',
  });

  if (decided !== null) {
    return (
      <Page title="Let a program in" narrow>
        <EmptyState
          whole
          icon={decided ? <IconCheck size={20} /> : <IconX size={20} />}
          title={decided ? 'It is let in.' : 'It is turned away.'}
          action={
            <Button component={Link} to="/deployments" variant="default">
              To your deployments
            </Button>
          }
        >
          {decided
            ? 'Go back to your terminal. Its token is among your API tokens, in the settings.'
            : 'Nothing was given to it.'}
        </EmptyState>
      </Page>
    );
  }
  const device = data?.deviceLogin;
  return (
    <Page title="Let a program in" narrow>
      <PageHeader title="Let a program in" />
      {error && <RequestFailure error={error} />}
      {code !== null && device ? (
        <DeviceRequest code={code} device={device} onDecided={setDecided} />
      ) : (
        <Panel title="Code" description="The one that catwalk login shows in your terminal.">
          <form className={classes.form} onSubmit={submitting(() => setCode(typed))}>
            <TextInput
              label="Code"
              placeholder="ABCD-EFGH"
              value={typed}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => {
                setTyped(shown(event.currentTarget.value));
                setCode(null);
              }}
              error={
                code !== null && data && !device ? 'Nobody waits with this code. It works for ten minutes, once.' : null
              }
            />
            <div>
              <Button type="submit" disabled={typed.length !== 9}>
                Go on
              </Button>
            </div>
          </form>
        </Panel>
      )}
    </Page>
  );
}
