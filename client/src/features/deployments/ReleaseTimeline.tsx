import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { formatDuration } from '../../ui/data/duration.ts';
import { Timeline } from '../../ui/data/Timeline.tsx';
import { Ago, Elapsed } from '../../ui/data/Times.tsx';
import { InstallOutput } from '../logs/InstallOutput.tsx';
import { attemptTimings, PHASE_LABELS, phaseSteps, sinceOf } from '../status/phases.ts';
import { canServe, type Phase, runsUndisturbed, type Status } from '../status/status.ts';
import classes from './ReleaseTimeline.module.css';

export const ReleaseTimelineFragment = graphql(`
  fragment ReleaseTimeline_deployment on Deployment {
    id
    databaseId
    status
    phase
    waking
    failure {
      code
    }
    currentRelease {
      id
      number
    }
    targetRelease {
      id
      number
      version
      timings {
        phase
        milliseconds
      }
    }
    events(first: 30) {
      edges {
        node {
          id
          at
          status
          phase
          message
          releaseId
          setback
          failure {
            hint
          }
        }
      }
    }
  }
`);

/** Shows live how the newest release comes up, from the queue to the handshake. */
export function ReleaseTimeline(props: { deployment: FragmentType<typeof ReleaseTimelineFragment> }) {
  const deployment = readFragment(ReleaseTimelineFragment, props.deployment);
  const target = deployment.targetRelease ?? null;
  const events = deployment.events.edges.map((edge) => edge.node);
  const mine = events.filter((event) => !event.releaseId || !target || event.releaseId === target.id);
  const ofAttempt = attemptTimings(mine);
  // The events may not reach back to the last start: the times of the release's own deployment are not those of a later start.
  const isOfAttempt = ofAttempt !== null;
  const startedAt = mine.find(({ phase }) => phase === 'QUEUED')?.at;
  const steps = phaseSteps({
    status: deployment.status,
    phase: deployment.phase ?? null,
    failure: deployment.failure?.code,
    timings: ofAttempt ?? target?.timings ?? [],
    events: mine,
  });
  const installing = steps.find(({ key }) => key === 'INSTALLING');
  const since = mine.find(({ phase }) => phase === 'QUEUED')?.at ?? null;
  // Once it runs, the output is in the log.
  const showsInstallation = deployment.phase !== null || deployment.status === 'FAILED';
  const total = steps.every((step) => step.state === 'done')
    ? steps.reduce((sum, step) => sum + (step.took ?? 0), 0)
    : 0;
  const isUpdate =
    deployment.currentRelease && target && deployment.currentRelease.id !== target.id && deployment.phase;
  const setbacks = sinceItLastRan(mine).filter((event) => event.setback);
  const wakingSince = deployment.waking && deployment.phase ? sinceOf(mine, deployment.phase) : undefined;
  const latest = mine[0]?.message ?? (deployment.phase ? PHASE_LABELS[deployment.phase] : '');
  const body = (
    <div className={classes.timeline}>
      {isUpdate && (
        <p className={classes.update}>
          Deploying release {target.number} ({target.version}). Release {deployment.currentRelease?.number} stays live
          until the new one works.
        </p>
      )}
      <Timeline label="Deployment" steps={steps} />
      {showsInstallation && (
        <InstallOutput
          key={since ?? ''}
          databaseId={deployment.databaseId}
          since={since}
          isRunning={installing?.state === 'running'}
          isFailed={installing?.state === 'failed'}
        />
      )}
      {setbacks.length > 0 && (
        <ul className={classes.setbacks} aria-label="Setbacks">
          {setbacks.map((event) => (
            <li key={event.id}>
              <Ago at={event.at} />: {event.message} {event.setback === 'HELD_UP' && event.failure?.hint}
            </li>
          ))}
        </ul>
      )}
      <p className={classes.message}>
        <span>
          <span role="status">{latest}</span>
          {wakingSince && (
            // Not announced: it changes ten times a second.
            <span aria-hidden>
              {' '}
              Waking for <Elapsed since={wakingSince} />.
            </span>
          )}
        </span>
        {total > 0 && <span className="numbers">{formatDuration(total)} in total</span>}
      </p>
    </div>
  );
  // Once it runs, how it came up is of little interest.
  const isOver = deployment.phase === null && canServe(deployment.status) && setbacks.length === 0;
  if (!isOver) return body;
  return (
    <details className={classes.folded}>
      <summary>
        {isOfAttempt && total > 0 ? `Started in ${formatDuration(total)}` : 'How it started'}
        {startedAt && (
          <span className={classes.when}>
            <Ago at={startedAt} />
          </span>
        )}
      </summary>
      {body}
    </details>
  );
}

/** The events of the current attempt, newest first: those after the deployment last simply ran. */
function sinceItLastRan<Event extends { status: Status; phase?: Phase | null }>(events: readonly Event[]): Event[] {
  const at = events.findIndex(runsUndisturbed);
  // Right after a recovery, the setbacks that led to it are shown too.
  const from = at === 0 ? events.findIndex((event, index) => index > 0 && runsUndisturbed(event)) : at;
  return from === -1 ? [...events] : events.slice(0, from);
}
