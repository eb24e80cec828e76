/** The state that a command waits for. */
export type Goal = 'running' | 'stopped' | 'deleted';

export type Outcome = 'reached' | 'failed' | 'overtaken' | null;

type State = { status: string; phase: string | null };

const isDeleted = (status: string): boolean => status === 'DELETING' || status === 'DELETED';

/**
 * Decides if the state of a deployment ends the wait; null to keep waiting. `moved`: the intent has taken effect, so that
 * the state from before it is not taken for its result. `overtaken`: another intent followed. A status that this version
 * does not know counts as one that answers.
 */
export function judge(goal: Goal, { status, phase }: State, moved: boolean): Outcome {
  switch (goal) {
    case 'deleted':
      return status === 'DELETED' ? 'reached' : null;
    case 'stopped':
      if (status === 'STOPPED') return 'reached';
      return isDeleted(status) ? 'overtaken' : null;
    case 'running':
      if (isDeleted(status)) return 'overtaken';
      if (!moved || phase !== null) return null;
      if (status === 'STOPPED') return 'overtaken';
      if (status === 'FAILED') return 'failed';
      return status === 'DEPLOYING' ? null : 'reached';
  }
}

/** True while a worker changes the machine. */
export const isMoving = ({ status, phase }: State): boolean => status === 'DEPLOYING' || phase !== null;
