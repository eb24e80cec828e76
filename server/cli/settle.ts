import type { DeploymentStatus } from './operations/deployment.ts';

/** What a command waits for. */
export type Goal = 'running' | 'stopped' | 'deleted';

export type Verdict = 'reached' | 'failed' | 'overtaken' | null;

type State = { status: DeploymentStatus; phase: string | null };

/**
 * Whether the state of a deployment ends the wait; null while it goes on. `moved`: the intent was seen to take effect,
 * so that the state from before it is not taken for its result. `overtaken`: somebody wants something else by now.
 */
export function judge(goal: Goal, { status, phase }: State, moved: boolean): Verdict {
  switch (goal) {
    case 'deleted':
      return status === 'DELETED' ? 'reached' : null;
    case 'stopped':
      if (status === 'STOPPED') return 'reached';
      return status === 'DELETING' || status === 'DELETED' ? 'overtaken' : null;
    case 'running':
      if (status === 'DELETING' || status === 'DELETED') return 'overtaken';
      if (!moved || phase !== null) return null;
      if (status === 'STOPPED') return 'overtaken';
      if (status === 'FAILED') return 'failed';
      return status === 'DEPLOYING' ? null : 'reached';
  }
}

/** Whether a state shows that the machine is being worked on. */
export const isMoving = ({ status, phase }: State): boolean => status === 'DEPLOYING' || phase !== null;
