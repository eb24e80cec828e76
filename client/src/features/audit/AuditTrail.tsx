import { Fragment, type ReactNode } from 'react';
import { Link } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { deploymentPath } from '../../navigation/pages.ts';
import { Ago } from '../../ui/data/Times.tsx';
import classes from './Audit.module.css';
import { dayOf, type Entry, groupEntries } from './group-entries.ts';
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
    deploymentName
    data
  }
`);

type Deployment = { databaseId: string; name: string };
type AuditTrailProps = {
  events: readonly FragmentType<typeof AuditRowFragment>[];
  viewerId: string;
  deployments: readonly Deployment[];
};

/** Lists what happened, day by day, by whom, from which address and when; newest first. One action is one entry. */
export function AuditTrail({ events, viewerId, deployments }: AuditTrailProps) {
  const rows = readFragment(AuditRowFragment, events);
  const now = new Date();
  const days = Map.groupBy(groupEntries(rows), ({ first }) => dayOf(first.at, now).label);
  const named = (event: Entry) => (
    <DeploymentName
      databaseId={event.deploymentDatabaseId ?? null}
      name={event.deploymentName ?? null}
      deployment={deployments.find((one) => one.databaseId === event.deploymentDatabaseId)}
    />
  );
  const who = ({ actor, actorName }: (typeof rows)[number]) => {
    if (actor === 'system') return 'Catwalk';
    return actor === viewerId ? 'you' : (actorName ?? actor);
  };
  return (
    <>
      {[...days].map(([day, groups]) => (
        <section key={day} aria-label={day}>
          <h2 className={classes.day}>{day}</h2>
          <ul className={classes.trail}>
            {groups.map(({ first, entries }) => (
              <li key={first.id} className={classes.event} data-system={first.actor === 'system' || undefined}>
                <span className={classes.action}>
                  {entries.length === 1 ? (
                    withNames(sentence(first.type, first.data), named(first))
                  ) : (
                    <details>
                      <summary>{withNames(sentence(first.type, first.data), `${entries.length} deployments`)}</summary>
                      <ul className={classes.names}>
                        {entries.map((entry) => (
                          <li key={entry.id}>{named(entry)}</li>
                        ))}
                      </ul>
                    </details>
                  )}
                </span>
                <span className={classes.origin}>
                  <span>{who(first)}</span>
                  {first.ip && <code>{first.ip}</code>}
                  <Ago at={first.at} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** Puts the name of a deployment, or how many there are, where the sentence has its place. */
const withNames = (text: string, name: ReactNode) =>
  text.split(DEPLOYMENT).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never change
    <Fragment key={index}>
      {index > 0 && name}
      {part}
    </Fragment>
  ));

type DeploymentNameProps = { databaseId: string | null; name: string | null; deployment: Deployment | undefined };

/** Links to a deployment; one that was deleted is shown by the name it had, in older entries by the start of its id. */
function DeploymentName({ databaseId, name, deployment }: DeploymentNameProps) {
  if (deployment) {
    return (
      <Link className="link" to={deploymentPath(deployment.databaseId)}>
        {deployment.name}
      </Link>
    );
  }
  if (name !== null) return <span title={databaseId ?? undefined}>{name}</span>;
  if (databaseId === null) return 'a deployment';
  return (
    <code className="muted" title={databaseId}>
      {databaseId.slice(0, 8)}
    </code>
  );
}
