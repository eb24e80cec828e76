import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconRocket } from '@tabler/icons-react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Ago } from '../../ui/data/Times.tsx';
import classes from './NewerVersion.module.css';
import { RedeployDialog } from './RedeployDialog.tsx';

export const NewerVersionFragment = graphql(`
  fragment NewerVersion_deployment on Deployment {
    id
    name
    status
    phase
    newerVersion
    newerVersionSeenAt
    currentRelease {
      id
      package
      version
    }
    ...RedeployDialog_deployment
  }
`);

/** Shows that the registry has a newer version than the live release, unless a release is being deployed. */
export function NewerVersion(props: { deployment: FragmentType<typeof NewerVersionFragment> }) {
  const deployment = readFragment(NewerVersionFragment, props.deployment);
  const { phase, newerVersion, newerVersionSeenAt, currentRelease } = deployment;
  const [isConfirming, { open, close }] = useDisclosure(false);
  if (!newerVersion || !currentRelease || phase) return null;
  return (
    <section className={classes.notice} aria-label="Newer version">
      <p className={classes.words}>
        <strong>
          {currentRelease.package} {newerVersion}
        </strong>{' '}
        is available. This deployment runs {currentRelease.version}.
        {newerVersionSeenAt && (
          <span className={classes.seen}>
            found <Ago at={newerVersionSeenAt} />
          </span>
        )}
      </p>
      <Button size="xs" variant="default" leftSection={<IconRocket size={14} />} onClick={open}>
        Deploy {newerVersion}…
      </Button>
      <RedeployDialog deployment={deployment} opened={isConfirming} onClose={close} />
    </section>
  );
}
