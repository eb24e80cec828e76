import { Checkbox } from '@mantine/core';
import { memo } from 'react';
import { Link } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { deploymentPath } from '../../navigation/pages.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { CopyButton } from '../../ui/inputs/CopyButton.tsx';
import { ServerIcon } from '../server-icon/ServerIcon.tsx';
import { PHASE_LABELS } from '../status/phases.ts';
import { DoubtNote, StatusBadge } from '../status/StatusBadge.tsx';
import { hasFailed } from '../status/status.ts';
import classes from './DeploymentRow.module.css';
import { useRowActivity } from './list-activity.ts';
import { usePendingIntent } from './pending-intents.ts';
import { RowMenu } from './RowMenu.tsx';
import { readableUrl } from './readable-url.ts';
import { Sparkline } from './Sparkline.tsx';

export const DeploymentRowFragment = graphql(`
  fragment DeploymentRow_deployment on Deployment {
    id
    databaseId
    name
    slug
    access
    source
    shared
    ownerName
    isBundle
    status
    phase
    waking
    pendingIntent
    endpointUrl
    createdAt
    iconUrl
    tags
    viewerRole
    updatedAt
    failure {
      code
      message
    }
    currentRelease {
      id
      number
      package
      version
      runtime
    }
  }
`);

export type ListedDeployment = { id: string } & FragmentType<typeof DeploymentRowFragment>;

type DeploymentRowProps = {
  deployment: FragmentType<typeof DeploymentRowFragment>;
  selected: boolean;
  onToggle: (id: string, range: boolean) => void;
};

const behindText = (count: number): string => (count === 1 ? '1 version behind' : `${count} versions behind`);

/** One deployment in the list. The whole row is the link; its checkbox and buttons lie above the link. */
export const DeploymentRow = memo(function DeploymentRow(props: DeploymentRowProps) {
  const deployment = readFragment(DeploymentRowFragment, props.deployment);
  const pending = usePendingIntent(deployment);
  const url = readableUrl(deployment);
  const release = deployment.currentRelease;
  const activity = useRowActivity(deployment.id);
  const doubt = pending ? null : (activity?.doubt ?? null);
  // A stopped deployment keeps the reason of its failure.
  const detail =
    hasFailed(deployment.status) || deployment.status === 'STOPPED'
      ? deployment.failure?.message
      : deployment.status === 'DEPLOYING' && deployment.phase
        ? PHASE_LABELS[deployment.phase]
        : null;
  return (
    <div className={classes.row} data-status={deployment.status} data-selected={props.selected || undefined}>
      <Checkbox
        size="xs"
        className={classes.choose ?? ''}
        aria-label={`Select ${deployment.name}`}
        checked={props.selected}
        // A change event does not include whether shift is held.
        onClick={(event) => props.onToggle(deployment.id, event.shiftKey)}
        readOnly
      />
      <ServerIcon name={release?.package ?? deployment.source} url={deployment.iconUrl} />
      <div className={classes.name}>
        <Link to={deploymentPath(deployment.databaseId)} className={classes.link}>
          {deployment.name}
        </Link>
        <span className={classes.package}>
          {deployment.shared && `shared by ${deployment.ownerName} · `}
          {deployment.isBundle ? 'Bundle' : release ? `${release.package}@${release.version}` : deployment.source}
          {activity?.versionsBehind != null && (
            <span className={classes.behind}> · {behindText(activity.versionsBehind)}</span>
          )}
        </span>
        {deployment.tags.length > 0 && (
          <span className={classes.tags}>
            {deployment.tags.map((tag) => (
              <span key={tag} className={classes.tag}>
                {tag}
              </span>
            ))}
          </span>
        )}
      </div>
      <div className={classes.status}>
        <StatusBadge status={deployment.status} waking={deployment.waking} pending={pending} doubt={doubt} />
        {doubt && <DoubtNote doubt={doubt} />}
        {detail && (
          <span className={classes.detail} title={detail}>
            {detail}
          </span>
        )}
      </div>
      <div className={classes.calls}>
        {activity && <Sparkline calls={activity.activity.callsByHour} errors={activity.activity.errorsByHour} />}
        <span className={classes.last}>
          {activity?.activity.lastCallAt ? <Ago at={activity.activity.lastCallAt} /> : activity ? 'no calls' : ''}
        </span>
      </div>
      <div className={classes.tools}>
        {activity?.toolCount == null ? '' : `${activity.toolCount} ${activity.toolCount === 1 ? 'tool' : 'tools'}`}
      </div>
      <div className={classes.endpoint}>
        <code className="truncate" title={url}>
          {deployment.slug}
        </code>
        <CopyButton value={url} label={`Copy endpoint of ${deployment.name}`} />
      </div>
      <div className={classes.time}>
        <Ago at={deployment.createdAt} />
      </div>
      <RowMenu deployment={deployment} />
    </div>
  );
});
