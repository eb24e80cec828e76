import { randomUUID } from 'node:crypto';
import type { Box } from '../box/box.ts';
import type { ChildUser } from '../child/environment.ts';
import type { AttemptReport, StartAttempt } from '../contract.ts';
import type { Program } from '../install/program.ts';
import { removeTree } from '../remove-tree.ts';
import { commandIn, makeFiles } from '../workspaces/workspaces.ts';
import { speaksModern, startOnce } from './start-once.ts';

export type Trial = {
  /** Starts the server once; starts wait for each other. */
  attempt(request: StartAttempt): Promise<AttemptReport>;
  /** Resolves when no process of the trial is left. */
  close(): Promise<void>;
};

export type TrialDeps = {
  /** Does not exist yet; the copy of the package that all starts run from. */
  folder: string;
  machineId: string;
  user: ChildUser | null;
  box: Box | null;
  program: () => Program | null;
  signal: AbortSignal;
};

/** The starts of a trial, one after the other. */
export const createTrial = (deps: TrialDeps): Trial => {
  let running: Promise<unknown> = Promise.resolve();
  let hasFiles = false;

  /** One copy for all starts, since a large package takes longer to copy than to start. */
  const ensureFiles = async (program: Program): Promise<void> => {
    if (hasFiles) return;
    await removeTree(deps.folder); // a copy that failed half-way
    await makeFiles(program, deps.folder, deps.user);
    hasFiles = true;
  };

  const run = async (request: StartAttempt): Promise<AttemptReport> => {
    const program = deps.program();
    if (!program) throw new Error('The package is not installed.');
    await ensureFiles(program);
    const config = { args: request.args, env: request.env, ...(request.files ? { files: request.files } : {}) };
    const start = {
      command: commandIn(program, deps.folder, config, deps),
      mark: `${deps.machineId}.${randomUUID()}`,
      user: deps.user,
      knownVariables: request.knownVariables,
      engineWarning: program.engineWarning,
      timeoutMs: request.timeoutMs,
      signal: deps.signal,
    };
    const report = await startOnce(start);
    const isLegacy = report.outcome === 'SERVED' && !report.eras.includes('modern');
    return isLegacy && (await speaksModern(start)) ? { ...report, eras: ['legacy', 'modern'] } : report;
  };

  return {
    attempt(request) {
      const next = running.then(() => run(request));
      running = next.catch(() => undefined); // the caller has the error
      return next;
    },
    close: async () => {
      await running;
    },
  };
};
