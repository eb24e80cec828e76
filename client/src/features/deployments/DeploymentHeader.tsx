import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { formatDuration } from '../../ui/data/duration.ts';
import { StatusBadge } from '../../ui/data/StatusBadge.tsx';
import { Ago } from '../../ui/data/Times.tsx';
import { PageHeader } from '../../ui/layout/PageHeader.tsx';
import { memoryWords } from '../catalog/MachineOptions.tsx';
import { useAsked } from './asked.ts';
import { DeploymentActions } from './DeploymentActions.tsx';
import classes from './DeploymentHeader.module.css';

export const DeploymentHeaderFragment = graphql(`
  fragment DeploymentHeader_deployment on Deployment {
    id
    name
    status
    waking
    pendingIntent
    updatedAt
    lastWakeMs
    lastWokenAt
    source
    region
    memoryMb
    sleepAfterMinutes
    currentRelease {
      id
      number
      package
      version
    }
    ...DeploymentActions_deployment
  }
`);

export function DeploymentHeader(props: { deployment: FragmentType<typeof DeploymentHeaderFragment> }) {
  const deployment = readFragment(DeploymentHeaderFragment, props.deployment);
  const asked = useAsked(deployment);
  const release = deployment.currentRelease;
  return (
    <PageHeader
      title={deployment.name}
      beside={
        <span role="status">
          <StatusBadge status={deployment.status} waking={deployment.waking} asked={asked} size="md" />
        </span>
      }
      description={
        <div className={classes.clip}>
          <ul className={classes.facts}>
            <li>
              <code>{release ? `${release.package}@${release.version}` : deployment.source}</code>
            </li>
            {release && <li>release {release.number}</li>}
            <li>{deployment.region}</li>
            <li>{memoryWords(deployment.memoryMb)}</li>
            <li>{deployment.sleepAfterMinutes ? `sleeps after ${deployment.sleepAfterMinutes} min` : 'always on'}</li>
            {deployment.lastWakeMs != null && deployment.lastWokenAt && (
              <li>
                woke up in {formatDuration(deployment.lastWakeMs)}, <Ago at={deployment.lastWokenAt} />
              </li>
            )}
          </ul>
        </div>
      }
      actions={<DeploymentActions deployment={deployment} asked={asked} />}
    />
  );
}
