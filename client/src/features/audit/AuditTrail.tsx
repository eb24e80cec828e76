import { Link } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Ago } from '../../ui/data/Times.tsx';
import classes from './Audit.module.css';
import { sentence } from './sentences.ts';

export const AuditRowFragment = graphql(`
  fragment AuditRow_event on AuditEvent {
    id
    at
    actor
    ip
    type
    deploymentDatabaseId
    data
  }
`);

type AuditTrailProps = {
  events: readonly FragmentType<typeof AuditRowFragment>[];
  viewerId: string;
  deployments: readonly { databaseId: string; name: string }[];
};

/** Who did what, to which deployment, from where, when; newest first. */
export function AuditTrail({ events, viewerId, deployments }: AuditTrailProps) {
  const rows = readFragment(AuditRowFragment, events);
  return (
    <ul className={classes.trail}>
      {rows.map((event) => {
        const deployment = deployments.find(({ databaseId }) => databaseId === event.deploymentDatabaseId);
        return (
          <li key={event.id} className={classes.event} data-system={event.actor === 'system' || undefined}>
            <span className={classes.what}>
              <span>{sentence(event.type, event.data)}</span>
              {deployment ? (
                <Link className="link" to={`/deployments/${deployment.databaseId}`}>
                  {deployment.name}
                </Link>
              ) : (
                event.deploymentDatabaseId && (
                  <code className="muted" title={event.deploymentDatabaseId}>
                    {event.deploymentDatabaseId.slice(0, 8)}
                  </code>
                )
              )}
            </span>
            <span className={classes.who}>
              <span>{event.actor === 'system' ? 'Catwalk' : event.actor === viewerId ? 'you' : event.actor}</span>
              {event.ip && <code>{event.ip}</code>}
              <Ago at={event.at} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
