import { useQuery, useSubscription } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { Link } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { deploymentPath } from '../../navigation/pages.ts';
import { DOUBT_WORDS } from '../status/serving-doubts.ts';
import classes from './ServingDoubt.module.css';
import { useTestCredentials } from './test-credentials.ts';

export const ServingDoubtFragment = graphql(`
  fragment ServingDoubt_deployment on Deployment {
    id
    databaseId
    doubt
    credentialTest {
      at
      outcome
      tool
      message
    }
  }
`);

const DoubtDocument = graphql(`
  query Doubt($id: ID!) {
    deployment(id: $id) {
      id
      doubt
    }
  }
`);

const DoubtCallsDocument = graphql(`
  subscription DoubtCalls($id: ID!) {
    deploymentCalls(id: $id) {
      id
    }
  }
`);

/** Says on the page of a running server why it may not work, and what to do. A call that ends well removes it. */
export function ServingDoubt(props: { deployment: FragmentType<typeof ServingDoubtFragment> }) {
  const { id, databaseId, doubt, credentialTest } = readFragment(ServingDoubtFragment, props.deployment);
  const { test, testing } = useTestCredentials(id);
  const { refetch } = useQuery(DoubtDocument, {
    variables: { id: databaseId },
    skip: !doubt,
    fetchPolicy: 'cache-first',
  });
  useSubscription(DoubtCallsDocument, {
    variables: { id: databaseId },
    skip: !doubt,
    ignoreResults: true,
    onData: () => void refetch(),
  });
  if (!doubt) return null;
  const { label, sentence, isTrouble } = DOUBT_WORDS[doubt];
  const isAboutKeys = doubt === 'CREDENTIALS_REFUSED' || doubt === 'CREDENTIALS_UNTRIED';
  return (
    <section className={classes.doubt} aria-label={label} data-trouble={isTrouble || undefined}>
      <p className={classes.words}>
        <strong>{label}.</strong> {sentence} {isAboutKeys && credentialTest?.message}
      </p>
      <div className={classes.actions}>
        {isAboutKeys && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconFlask size={14} />}
            loading={testing}
            onClick={() => void test()}
          >
            Test credentials
          </Button>
        )}
        {doubt === 'CALLS_FAIL' && (
          <Button component={Link} size="xs" variant="default" to={deploymentPath(databaseId, 'calls')}>
            Show calls
          </Button>
        )}
        {(doubt === 'NO_TOOLS' || doubt === 'CREDENTIALS_REFUSED') && (
          <Button component={Link} size="xs" variant="default" to={deploymentPath(databaseId, 'settings')}>
            Settings
          </Button>
        )}
      </div>
    </section>
  );
}
