import { MachinesError } from '#deploy/fly/errors.ts';
import type { HostClient } from '#deploy/host-client.ts';
import type { Database, Queryable, Transaction } from '#prisma/client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { Actor } from '../actor.ts';
import { type AnalysisFailure, analysisResultSchema } from '../analysis/result.ts';
import { type DeployableCandidate, getCandidate } from '../deployments/intents/admission.ts';
import { fromMachinesError } from '../deployments/reconcile/failures.ts';
import type { FindFleet } from '../deployments/reconcile/fleet.ts';
import { UserError } from '../errors.ts';
import { learnTrial } from '../learn/learn-trial.ts';
import { storable } from '../storable.ts';
import type { Timers } from '../timers.ts';
import { runTrial } from './run-trial.ts';
import type { TrialStep } from './trial.ts';
import { destroyTrialMachines, openTrialMachine, type TrialMachineDeps } from './trial-machine.ts';

export type TrialDeps = {
  database: Pick<Database, 'prisma' | 'transaction'>;
  /** Announces that the row of an analysis, or of one of its trials, changed. */
  notify: (db: Queryable, analysisId: string) => Promise<void>;
  /** Yields whenever the row of an analysis changed. */
  changesOf: (analysisId: string, signal: AbortSignal) => AsyncIterable<string>;
  /** The quota, in the transaction of the new row. Throws LIMIT_REACHED. */
  admit: (tx: Transaction, userId: string) => Promise<void>;
  findFleet: FindFleet;
  host: HostClient;
  installationId: string;
  machine: Pick<TrialMachineDeps, 'region' | 'memoryMb' | 'processor' | 'pause'>;
  now: () => Date;
  /** Milliseconds of a steady clock. */
  clock: () => number;
  timers: Timers;
  log: (level: 'warn' | 'error', message: string, details: Record<string, unknown>) => void;
};

export type StartTrial = { analysisId: string; candidate?: string | null; acceptUnverified: boolean };

export interface TrialService {
  /**
   * Starts a candidate without credentials on a machine of its own; a trial of it that runs already is joined.
   * @throws UserError NOT_FOUND, NOT_DEPLOYABLE, UNVERIFIED_PACKAGE, CONFLICT, LIMIT_REACHED.
   */
  start(actor: Actor, input: StartTrial): Promise<void>;
  /** The same once the analysis is done, for its first server that can be deployed. */
  startAfter(actor: Actor, analysisId: string): Promise<void>;
  /** Ends what runs, with its machines. */
  close(): Promise<void>;
}

/** A trial whose process renews its lease no more was left behind: upkeep ends it. */
export const LEASE_MS = 60_000;
const RENEW_MS = 15_000;
const ANALYSIS_MS_MAX = 180_000;

export const INTERRUPTED: AnalysisFailure = {
  code: 'INTERNAL',
  message: 'The trial was interrupted, because Catwalk was restarted.',
  hint: 'Start it again.',
  retryable: true,
};

/** Nothing is started of a server that runs elsewhere. */
const startable = (candidate: DeployableCandidate): DeployableCandidate => {
  if (candidate.spec.runtime !== 'remote') return candidate;
  throw new UserError('NOT_DEPLOYABLE', 'This server runs elsewhere, so there is nothing to start.', {
    kind: 'invalid-input',
    hint: 'Deploy it: the handshake shows whether its credentials are accepted.',
  });
};

const endedOutside = (): UserError => new UserError('CONFLICT', 'The trial was ended.', { kind: 'conflict' });

/** Trials run in this process; their rows are all that others see. */
export function createTrialService(deps: TrialDeps): TrialService {
  const { prisma, transaction } = deps.database;
  const closing = new AbortController();
  const running = new Map<string, Promise<void>>();

  type Row = { id: string; analysisId: string; ownerId: string };

  const write = (row: Row, data: Prisma.TrialUpdateManyMutationInput): Promise<void> =>
    transaction(async (tx) => {
      const { count } = await tx.trial.updateMany({ where: { id: row.id, status: 'RUNNING' }, data });
      if (count > 0) await deps.notify(tx, row.analysisId);
    });

  const reporter = (row: Row) => {
    const steps: TrialStep[] = [];
    return async (message: string) => {
      steps.push({ message, at: deps.now().toISOString() });
      await write(row, { steps: storable([...steps]) });
    };
  };

  /** Writes the result, and what it teaches into the analysis, in one transaction. */
  const finish = (row: Row, key: string, { result, given }: Awaited<ReturnType<typeof runTrial>>): Promise<void> =>
    transaction(async (tx) => {
      const done = { status: 'DONE' as const, result: storable(result), finishedAt: deps.now() };
      const { count } = await tx.trial.updateMany({ where: { id: row.id, status: 'RUNNING' }, data: done });
      if (count === 0) return;
      await tx.$queryRaw`SELECT 1 FROM "Analysis" WHERE "id" = ${row.analysisId}::uuid FOR UPDATE`;
      const analysis = await tx.analysis.findUnique({ where: { id: row.analysisId } });
      const before = analysisResultSchema.safeParse(analysis?.result).data;
      if (before) {
        const served = result.failure === null;
        const learned = { ...result, served, given };
        const candidates = before.candidates.map((one) => (one.key === key ? learnTrial(one, learned) : one));
        const after = storable({ ...before, candidates });
        await tx.analysis.update({ where: { id: row.analysisId }, data: { result: after } });
      }
      await deps.notify(tx, row.analysisId);
    });

  const work = async (row: Row, find: (signal: AbortSignal) => Promise<DeployableCandidate>): Promise<void> => {
    const ended = new AbortController();
    const signal = AbortSignal.any([closing.signal, ended.signal]);
    const report = reporter(row);
    /** Renews the lease; a row that no longer runs was ended from outside, and the work ends with it. */
    const renew = async () => {
      const leaseUntil = new Date(deps.now().getTime() + LEASE_MS);
      const { count } = await prisma.trial.updateMany({
        where: { id: row.id, status: 'RUNNING' },
        data: { leaseUntil },
      });
      if (count === 0) ended.abort(endedOutside());
    };
    const stopRenewing = deps.timers.every(RENEW_MS, () => {
      renew().catch((error: unknown) => deps.log('warn', 'The lease of a trial could not be renewed.', { error }));
    });
    let own: TrialMachineDeps | null = null;
    let created: string | null = null;
    try {
      const fleet = await deps.findFleet(row.ownerId);
      const candidate = await find(signal);
      signal.throwIfAborted();
      await report('Starting a machine.');
      const { app } = fleet;
      // The row names the app before the machine exists: upkeep finds the machine by it.
      await prisma.machineApp.createMany({ data: [{ app, ownerId: row.ownerId }], skipDuplicates: true });
      const { count } = await prisma.trial.updateMany({
        where: { id: row.id, status: 'RUNNING' },
        data: { app, candidateKey: candidate.key },
      });
      if (count === 0) throw endedOutside();
      own = { ...deps.machine, fleet, host: deps.host, installationId: deps.installationId, trialId: row.id };
      const machine = await openTrialMachine(
        own,
        candidate.spec,
        {
          onCreated: async (machineId) => {
            created = machineId;
            await prisma.trial.update({ where: { id: row.id }, data: { machineId } });
          },
          onInstalling: () => report('Installing the package.'),
        },
        signal,
      );
      const form = { ...candidate };
      await finish(row, candidate.key, await runTrial({ machine, form, report, clock: deps.clock, signal }));
    } catch (error) {
      await write(row, { status: 'FAILED', failure: storable(failureOf(error)), finishedAt: deps.now() });
    } finally {
      await destroy(row, own, created).catch((error: unknown) =>
        deps.log('warn', 'The machine of a trial could not be deleted yet.', { trialId: row.id, error }),
      );
      stopRenewing();
    }
  };

  /** Upkeep repeats it where it fails, and ends a row that still runs because its end could not be written. */
  const destroy = async (row: Row, own: TrialMachineDeps | null, machineId: string | null) => {
    const left = own && { app: own.fleet.app, machineId, isSettled: false };
    const isGone = own === null || left === null || (await destroyTrialMachines(own, left));
    const now = deps.now();
    await prisma.trial.updateMany({
      where: { id: row.id, status: { not: 'RUNNING' } },
      data: isGone ? { machineGoneAt: now } : { leaseUntil: now },
    });
  };

  const failureOf = (error: unknown): AnalysisFailure => {
    if (closing.signal.aborted) return INTERRUPTED;
    if (error instanceof UserError) {
      const { code, message, hint, retryable } = error;
      return { code, message, hint, retryable };
    }
    const known = error instanceof MachinesError ? fromMachinesError(error, Number.MAX_SAFE_INTEGER, deps.now()) : null;
    if (known) return { code: known.code, message: known.message, hint: known.hint, retryable: known.retryable };
    deps.log('error', 'A trial failed.', { error });
    return { code: 'INTERNAL', message: 'The trial failed.', hint: 'Try again.', retryable: true };
  };

  /** Adds the row and begins; `candidateKey` null: the analysis decides. */
  const begin = async (
    actor: Actor,
    about: { analysisId: string; candidateKey: string | null },
    find: (signal: AbortSignal) => Promise<DeployableCandidate>,
  ): Promise<void> => {
    closing.signal.throwIfAborted();
    const isRunning = async (db: Queryable): Promise<boolean> =>
      (await db.trial.count({ where: { ...about, ownerId: actor.userId, status: 'RUNNING' } })) > 0;
    const row = await transaction(async (tx): Promise<Row | null> => {
      if (await isRunning(tx)) return null; // it is joined, even if it holds the last machine of the quota
      await deps.admit(tx, actor.userId);
      if (await isRunning(tx)) return null; // a request at the same time was first: the quota locks the user
      const now = deps.now();
      const added = await tx.trial.create({
        data: { ...about, ownerId: actor.userId, createdAt: now, leaseUntil: new Date(now.getTime() + LEASE_MS) },
        select: { id: true, analysisId: true, ownerId: true },
      });
      await deps.notify(tx, about.analysisId);
      return added;
    });
    if (row === null) return;
    const promise = work(row, find)
      .catch((error: unknown) => deps.log('error', 'A trial could not be recorded.', { trialId: row.id, error }))
      .finally(() => running.delete(row.id));
    running.set(row.id, promise);
  };

  const chosen = async (actor: Actor, input: StartTrial): Promise<DeployableCandidate> =>
    startable((await getCandidate(prisma, actor, input)).candidate);

  return {
    async start(actor, input) {
      const candidate = await chosen(actor, input);
      await begin(actor, { analysisId: input.analysisId, candidateKey: candidate.key }, async () => candidate);
    },
    async startAfter(actor, analysisId) {
      await begin(actor, { analysisId, candidateKey: null }, async (signal) => {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(ANALYSIS_MS_MAX)]);
        const isRunning = async () =>
          (await prisma.analysis.count({ where: { id: analysisId, status: 'RUNNING' } })) > 0;
        const changes = deps.changesOf(analysisId, limit)[Symbol.asyncIterator]();
        while (await isRunning()) if ((await changes.next()).done) break;
        return chosen(actor, { analysisId, acceptUnverified: false });
      });
    },
    async close() {
      closing.abort(new Error('Catwalk is shutting down.'));
      await Promise.allSettled([...running.values()]);
    },
  };
}
