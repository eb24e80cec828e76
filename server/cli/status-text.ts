import { words } from './layout.ts';
import type { DeploymentStatus } from './operations/deployment.ts';
import type { Color, Output } from './terminal.ts';

type State = { status: DeploymentStatus; phase: string | null; waking?: boolean };

/** Such as `running`, `waking`, or `deploying (installing)` while something is under way. */
export const statusText = ({ status, phase, waking = false }: State): string =>
  (waking ? 'waking' : status.toLowerCase()) + (phase === null ? '' : ` (${words(phase).toLowerCase()})`);

const COLORS: Record<DeploymentStatus, Color> = {
  DEPLOYING: 'cyan',
  RUNNING: 'green',
  UNHEALTHY: 'yellow',
  ASLEEP: 'dim',
  STOPPED: 'dim',
  FAILED: 'red',
  DELETING: 'yellow',
  DELETED: 'dim',
};

/** Colors the status within a line that is laid out already, so that escape sequences do not count as width. */
export function paintStatus(out: Output, line: string, state: State | undefined): string {
  if (!state) return line;
  const text = statusText(state);
  return line.replace(text, () => out.paint(COLORS[state.status], text));
}
