import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { count } from '../../ui/data/count.ts';
import { formatDuration } from '../../ui/data/duration.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { PageHeader } from '../../ui/layout/PageHeader.tsx';
import { formatSize } from '../catalog/MachineOptions.tsx';
import { ServerIcon } from '../server-icon/ServerIcon.tsx';
import { DoubtNote, StatusBadge } from '../status/StatusBadge.tsx';
import { DeploymentActions } from './DeploymentActions.tsx';
import classes from './DeploymentHeader.module.css';
import { usePendingIntent } from './pending-intents.ts';

// Members have no id of their own: all selections of them are the same, so that none removes fields of another.
export const DeploymentHeaderFragment = graphql(`
  fragment DeploymentHeader_deployment on Deployment {
    id
    name
    isBundle
    slug
    members {
      prefix
      databaseId
      name
      status
      view
    }
    status
    waking
    pendingIntent
    doubt
    updatedAt
    lastWakeMs
    lastWokenAt
    source
    region
    memoryMb
    processor
    sleepAfterMinutes
    iconUrl
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
  const pending = usePendingIntent(deployment);
  const release = deployment.currentRelease;
  return (
    <PageHeader
      icon={<ServerIcon name={release?.package ?? deployment.source} url={deployment.iconUrl} size={36} />}
      title={deployment.name}
      beside={
        <>
          <span role="status">
            <StatusBadge
              status={deployment.status}
              waking={deployment.waking}
              pending={pending}
              doubt={deployment.doubt ?? null}
              size="md"
            />
          </span>
          {deployment.doubt && !pending && <DoubtNote doubt={deployment.doubt} />}
        </>
      }
      description={
        <div className={classes.clip}>
          <ul className={classes.facts}>
            {deployment.isBundle ? (
              <>
                <li>Bundle</li>
                <li>{count(deployment.members.length, 'server')}</li>
                <li>
                  <code>{deployment.slug}</code>
                </li>
              </>
            ) : (
              <>
                <li>
                  <code>{release ? `${release.package}@${release.version}` : deployment.source}</code>
                </li>
                {release && <li>release {release.number}</li>}
                <li>{deployment.region}</li>
                <li>{formatSize(deployment)}</li>
                <li>
                  {deployment.sleepAfterMinutes ? `sleeps after ${deployment.sleepAfterMinutes} min` : 'always on'}
                </li>
                {deployment.lastWakeMs != null && deployment.lastWokenAt && (
                  <li>
                    woke in {formatDuration(deployment.lastWakeMs)}, <Ago at={deployment.lastWokenAt} />
                  </li>
                )}
              </>
            )}
          </ul>
        </div>
      }
      actions={<DeploymentActions deployment={deployment} pending={pending} />}
    />
  );
}
