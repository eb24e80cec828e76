import { useQuery } from '@apollo/client/react';
import { Button, TextInput } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useLocation } from 'react-router';
import { RequestFailure } from '../apollo/RequestFailure.tsx';
import classes from '../features/account/Account.module.css';
import { DeviceRequest } from '../features/account/DeviceRequest.tsx';
import { graphql } from '../generated/index.ts';
import { EmptyState } from '../ui/feedback/EmptyState.tsx';
import { handleSubmit } from '../ui/inputs/handle-submit.ts';
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

/** Formats a code as the terminal shows it: four letters, a hyphen, four letters. */
const formatCode = (code: string): string => {
  const letters = code
    .toUpperCase()
    .replace(/[^A-Z]/g, '')
    .slice(0, 8);
  return letters.length > 4 ? `${letters.slice(0, 4)}-${letters.slice(4)}` : letters;
};

/** The page that `catwalk login` opens. The code comes in the fragment, which no server and no log ever sees. */
export function Component() {
  const { hash } = useLocation();
  const [typed, setTyped] = useState(() => formatCode(hash));
  const [code, setCode] = useState(() => (formatCode(hash).length === 9 ? formatCode(hash) : null));
  const [decided, setDecided] = useState<boolean | null>(null);
  const { data, error } = useQuery(DevicePageDocument, {
    variables: { code: code ?? '' },
    skip: code === null,
    fetchPolicy: 'no-cache',
  });

  if (decided !== null) {
    return (
      <Page title="Authorize a device" narrow>
        <EmptyState
          whole
          icon={decided ? <IconCheck size={20} /> : <IconX size={20} />}
          title={decided ? 'Access allowed' : 'Access denied'}
          action={
            <Button component={Link} to="/deployments" variant="default">
              Go to deployments
            </Button>
          }
        >
          {decided
            ? 'Return to your terminal. You can revoke its token in Settings, under API tokens.'
            : 'The device did not get access.'}
        </EmptyState>
      </Page>
    );
  }
  const device = data?.deviceLogin;
  return (
    <Page title="Authorize a device" narrow>
      <PageHeader title="Authorize a device" />
      {error && <RequestFailure error={error} />}
      {code !== null && device ? (
        <DeviceRequest code={code} device={device} onDecided={setDecided} />
      ) : (
        <Panel title="Code" description="Enter the code that catwalk login shows in your terminal.">
          <form className={classes.form} onSubmit={handleSubmit(() => setCode(typed))}>
            <TextInput
              label="Code"
              placeholder="ABCD-EFGH"
              value={typed}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => {
                setTyped(formatCode(event.currentTarget.value));
                setCode(null);
              }}
              error={
                code !== null && data && !device
                  ? 'This code is not valid. A code works once, within ten minutes.'
                  : null
              }
            />
            <div>
              <Button type="submit" disabled={typed.length !== 9}>
                Continue
              </Button>
            </div>
          </form>
        </Panel>
      )}
    </Page>
  );
}
