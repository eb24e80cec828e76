import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createStaleness } from './staleness.ts';
import { BUNDLE, GENERATE } from './steps.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** A group of its own lets a signal reach every step of the build. Windows has no process groups. */
const hasGroups = process.platform !== 'win32';

/**
 * Builds what is stale, in a process of its own, and resolves with that process's exit code; with 0 at once if nothing
 * is. A signal that arrives in the meantime ends the build and then this process.
 */
export async function buildStale(): Promise<number> {
  if (![...GENERATE, ...BUNDLE].some(createStaleness(ROOT).isStale)) return 0;
  const build = spawn(process.execPath, [path.join(ROOT, 'scripts/build.ts')], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: hasGroups,
  });
  const end = (signal: NodeJS.Signals) => {
    if (hasGroups && build.pid !== undefined) process.kill(-build.pid, signal);
    else build.kill(signal);
    for (const other of SIGNALS) process.off(other, end);
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    const [code] = (await once(build, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
  }
}
