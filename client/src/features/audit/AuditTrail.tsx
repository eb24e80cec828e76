import { Fragment } from 'react';
import { Link } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { deploymentPath } from '../../navigation/pages.ts';
import { Ago } from '../../ui/data/Times.tsx';
import classes from './Audit.module.css';
import { DEPLOYMENT, sentence } from './sentences.ts';

export const AuditRowFragment = graphql(`
  fragment AuditRow_event on AuditEvent {
    id
    at
    actor
    actorName
    ip
    type
    deploymentDatabaseId
    data
  }
`);

type Deployment = { databaseId: string; name: string };
type AuditTrailProps = {
  events: readonly FragmentType<typeof AuditRowFragment>[];
  viewerId: string;
  deployments: readonly Deployment[];
};

/** Lists what happened, by whom, from which address and when; newest first. */
export function AuditTrail({ events, viewerId, deployments }: AuditTrailProps) {
  const rows = readFragment(AuditRowFragment, events);
  return (
    <ul className={classes.trail}>
      {rows.map((event) => {
        const { deploymentDatabaseId: databaseId = null } = event;
        const parts = sentence(event.type, event.data).split(DEPLOYMENT);
        return (
          <li key={event.id} className={classes.event} data-system={event.actor === 'system' || undefined}>
            <span className={classes.action}>
              {parts.map((part, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never change
                <Fragment key={index}>
                  {index > 0 && (
                    <DeploymentName
                      databaseId={databaseId}
                      deployment={deployments.find((one) => one.databaseId === databaseId)}
                    />
                  )}
                  {part}
                </Fragment>
              ))}
            </span>
            <span className={classes.origin}>
              <span>
                {event.actor === 'system'
                  ? 'Catwalk'
                  : event.actor === viewerId
                    ? 'you'
                    : (event.actorName ?? event.actor)}
              </span>
              {event.ip && <code>{event.ip}</code>}
              <Ago at={event.at} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}

type DeploymentNameProps = { databaseId: string | null; deployment: Deployment | undefined };

/** Links to a deployment; one that was deleted is shown by the start of its id. */
function DeploymentName({ databaseId, deployment }: DeploymentNameProps) {
  if (deployment) {
    return (
      <Link className="link" to={deploymentPath(deployment.databaseId)}>
        {deployment.name}
      </Link>
    );
  }
  if (databaseId === null) return 'a deployment';
  return (
    <code className="muted" title={databaseId}>
      {databaseId.slice(0, 8)}
    </code>
  );
}
