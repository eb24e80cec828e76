import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { formatDuration } from '../../ui/duration.ts';
import { PHASE_WORDS } from '../../ui/status.ts';
import { Timeline } from '../../ui/Timeline.tsx';
import { phaseSteps } from './phases.ts';
import classes from './ReleaseTimeline.module.css';

export const ReleaseTimelineFragment = graphql(`
  fragment ReleaseTimeline_deployment on Deployment {
    id
    status
    phase
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
          phase
          message
          releaseId
        }
      }
    }
  }
`);

/** The way of the newest release from the queue to its first answer, live. */
export function ReleaseTimeline(props: { deployment: FragmentType<typeof ReleaseTimelineFragment> }) {
  const deployment = readFragment(ReleaseTimelineFragment, props.deployment);
  const target = deployment.targetRelease ?? null;
  const events = deployment.events.edges.map((edge) => edge.node);
  const mine = events.filter((event) => !event.releaseId || !target || event.releaseId === target.id);
  const steps = phaseSteps({
    status: deployment.status,
    phase: deployment.phase ?? null,
    failure: deployment.failure?.code,
    timings: target?.timings ?? [],
    events: mine,
  });
  const total = steps.every((step) => step.state === 'done')
    ? steps.reduce((sum, step) => sum + (step.took ?? 0), 0)
    : 0;
  const isUpdate =
    deployment.currentRelease && target && deployment.currentRelease.id !== target.id && deployment.phase;
  const spoken = mine[0]?.message ?? (deployment.phase ? PHASE_WORDS[deployment.phase] : '');
  return (
    <div className={classes.timeline}>
      {isUpdate && (
        <p className={classes.update}>
          Release {target.number} ({target.version}) is on its way; release {deployment.currentRelease?.number} serves
          until it answers.
        </p>
      )}
      <Timeline label="Deployment" steps={steps} />
      <p className={classes.message}>
        <span role="status">{spoken}</span>
        {total > 0 && <span className="numbers">{formatDuration(total)} in all</span>}
      </p>
    </div>
  );
}
