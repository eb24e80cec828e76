import type { InstallProgress } from './context.ts';

/** A line this often shows that an installation goes on; more would fill the log. */
const INTERVAL_MS = 3_000;

const MEGABYTE = 1_000_000;

const describe = ({ packages = 0, bytes = 0 }: InstallProgress): string =>
  [
    ...(packages > 0 ? [packages === 1 ? '1 package fetched' : `${packages} packages fetched`] : []),
    ...(bytes > 0 ? [`${(bytes / MEGABYTE).toFixed(1)} MB written`] : []),
  ].join(', ');

/** Turns the progress of a tool that prints nothing into a line every few seconds, while something changes. */
export function createProgressLines(log: (line: string) => void, nowMs: () => number = () => performance.now()) {
  const progress: InstallProgress = {};
  let loggedAtMs = nowMs();
  let logged = '';
  return (change: InstallProgress): void => {
    Object.assign(progress, change);
    if (nowMs() - loggedAtMs < INTERVAL_MS) return;
    const line = describe(progress);
    if (line === '' || line === logged) return;
    loggedAtMs = nowMs();
    logged = line;
    log(line);
  };
}

/** The command of a tool as people would type it: without the folder of the installation and the host's own flags. */
export const shownCommand = (tool: string, args: readonly string[], folder: string): string =>
  [
    '$',
    tool,
    ...args
      .filter((arg, at) => arg !== '--prefix' && args[at - 1] !== '--prefix' && !arg.startsWith('--loglevel='))
      .map((arg) => arg.replaceAll(folder, '.')),
  ].join(' ');
