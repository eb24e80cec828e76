import { CliFailure } from './failure.ts';
import type { GraphqlClient } from './graphql-client.ts';
import { words } from './layout.ts';
import { DEPLOYMENT_STATUS, type StatusEvent } from './operations/deployment.ts';
import { type Goal, isMoving, judge } from './settle.ts';
import type { Timeline } from './timeline.ts';

const PHASES = ['QUEUED', 'CREATING_MACHINE', 'STARTING_MACHINE', 'INSTALLING', 'STARTING_SERVER', 'HANDSHAKE'];
const LABELS: Record<Goal, string | null> = { running: null, stopped: 'Stopping', deleted: 'Deleting' };

export type WaitOptions = {
  goal: Goal;
  timeline: Timeline;
  signal: AbortSignal;
  /** The request to send after the subscription has started, so that no change is missed. */
  intend?: () => Promise<unknown>;
};

/**
 * Follows a deployment, phase by phase, until it reaches the goal or cannot reach it any more. Without `intend` the
 * deployment is new and already starting.
 * @throws CliFailure DETACHED if the signal ends the wait; the server continues.
 */
export async function waitFor(
  client: Pick<GraphqlClient, 'follow'>,
  id: string,
  options: WaitOptions,
): Promise<{ verdict: 'reached' | 'failed' | 'overtaken'; event: StatusEvent }> {
  const { goal, timeline, signal, intend } = options;
  let first = true;
  let moved = intend === undefined;
  let phase: string | null = null;

  const show = (event: StatusEvent) => {
    if (first && intend === undefined) addEarlierPhases(timeline, event);
    if (event.phase === phase || event.phase === null) return;
    phase = event.phase;
    timeline.begin(words(phase), event.at);
  };

  const events = client.follow(
    DEPLOYMENT_STATUS,
    { id },
    {
      signal,
      onLost: () => timeline.note('Connection to the server lost. Reconnecting …'),
      onRestored: () => {
        moved = true; // events in between are not sent again
      },
    },
  );
  for await (const event of events) {
    if (first && intend) {
      first = false;
      await intend();
      const label = LABELS[goal];
      if (label) timeline.begin(label, new Date());
      if (goal !== 'deleted') continue;
    }
    moved ||= isMoving(event);
    if (goal === 'running') show(event);
    first = false;
    const verdict = judge(goal, event, moved);
    if (verdict === null) continue;
    timeline.end(verdict === 'reached' ? 'done' : 'failed', event.at);
    return { verdict, event };
  }
  timeline.end('left', new Date());
  if (signal.aborted) throw detached(id);
  throw new CliFailure('SERVER_UNREACHABLE', 'The server stopped sending the progress of the deployment.', {
    hint: `See: catwalk show ${id}`,
    retryable: true,
  });
}

/**
 * A new deployment may have finished some or all phases before the first event arrives; its release has their
 * durations.
 */
function addEarlierPhases(timeline: Timeline, { phase, deployment }: StatusEvent): void {
  const timings = new Map(deployment?.targetRelease?.timings.map((timing) => [timing.phase, timing.milliseconds]));
  for (const earlier of phase === null ? PHASES : PHASES.slice(0, PHASES.indexOf(phase))) {
    const milliseconds = timings.get(earlier);
    if (milliseconds !== undefined) timeline.add(words(earlier), milliseconds);
  }
}

const detached = (id: string): CliFailure =>
  new CliFailure('DETACHED', 'You stopped waiting. The deployment continues.', {
    hint: `See: catwalk show ${id}`,
    exitCode: 130,
  });
