import { words } from './layout.ts';
import type { Color, Output } from './terminal.ts';

type State = { status: string; phase: string | null; waking?: boolean };

/** The status in words, such as `running`, `waking` or `deploying (installing)`. An unknown status is printed too. */
export const statusText = ({ status, phase, waking = false }: State): string =>
  (waking ? 'waking' : words(status).toLowerCase()) + (phase === null ? '' : ` (${words(phase).toLowerCase()})`);

const COLORS: Record<string, Color> = {
  DEPLOYING: 'cyan',
  RUNNING: 'green',
  UNHEALTHY: 'yellow',
  ASLEEP: 'dim',
  STOPPED: 'dim',
  FAILED: 'red',
  DELETING: 'yellow',
  DELETED: 'dim',
};

/** Colors the status in a finished line, so that escape sequences do not count as width. */
export function paintStatus(out: Output, line: string, state: State | undefined): string {
  if (!state) return line;
  const text = statusText(state);
  return line.replace(text, () => out.paint(COLORS[state.status] ?? 'dim', text));
}
