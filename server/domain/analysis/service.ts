import { setTimeout as delay } from 'node:timers/promises';
import type { Database, Queryable, Transaction } from '#prisma/client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { Actor } from '../actor.ts';
import { UserError } from '../errors.ts';
import { storable } from '../storable.ts';
import { analyzeSource } from './analyze.ts';
import { SuggestionsFound } from './candidates/suggest.ts';
import type { ToolsFor } from './llm/owner-tools.ts';
import { type Report, type StageProgress, withStage } from './progress.ts';
import type { AnalysisFailure } from './result.ts';
import { parseSource } from './source/parse-source.ts';
import type { Source } from './source/source.ts';
import { storedSource } from './source/stored.ts';
import { unreachedResult } from './source/unreached-result.ts';

export type AnalysisDeps = {
  database: Pick<Database, 'prisma' | 'transaction'>;
  /** Announces that the row of an analysis changed. */
  notify: (db: Queryable, id: string) => Promise<void>;
  toolsFor: ToolsFor;
  now: () => Date;
  /** The quota: in the transaction of the new row. Throws LIMIT_REACHED. */
  admit: (tx: Transaction, userId: string) => Promise<void>;
  /** Folders and tarballs: only while machines are local, and only for who asks over loopback. */
  localPathsAllowed: (actor: Actor) => boolean;
  log: (level: 'info' | 'warn' | 'error', message: string, details: Record<string, unknown>) => void;
  /** How long to wait before another try; tests make it 0. */
  retryDelayMs?: (failedTries: number) => number;
};

export interface AnalysisService {
  /**
   * The id of a new RUNNING analysis, or of one of the same source that runs, or is DONE and not 24 hours old.
   * @throws UserError INVALID_SOURCE, LIMIT_REACHED.
   */
  start(actor: Actor, input: { source: string; refresh: boolean }): Promise<{ id: string; cached: boolean }>;
  /** Takes up what a dead process left RUNNING. Call it at boot; with several instances pass what counts as dead. */
  resume(olderThanMs?: number): Promise<void>;
  /** Aborts what runs; it stays RUNNING in the database, for `resume`. */
  close(): Promise<void>;
}

const CACHE_MS = 24 * 3_600_000;
const ANALYSIS_MS_MAX = 120_000;
const ABANDONED_MS = 3_600_000;
/** A process that dies in an analysis may die of it. */
const TRIES_MAX = 2;
/** Within one try: what could not be reached may be back a second later. */
const ATTEMPTS_MAX = 3;
const RUNNING_MAX = 4;
const RUNNING_PER_OWNER_MAX = 10;

const isLocal = (source: Source): boolean =>
  source.kind === 'folder' || source.kind === 'archive' || (source.kind === 'bundle' && 'path' in source.from);

function failureOf(error: unknown): AnalysisFailure {
  if (error instanceof UserError) {
    return { code: error.code, message: error.message, hint: error.hint, retryable: error.retryable };
  }
  const isTimeout = error instanceof DOMException && error.name === 'TimeoutError';
  return {
    code: 'ANALYSIS_FAILED',
    message: isTimeout ? 'The analysis took too long and was given up.' : 'The analysis failed unexpectedly.',
    hint: 'Try again; if it happens again, paste the npm package of the server instead.',
    retryable: true,
  };
}

const TRIED_OUT: AnalysisFailure = {
  code: 'ANALYSIS_FAILED',
  message: `The server stopped ${TRIES_MAX} times while it read this source, so the analysis was ended.`,
  hint: 'Paste the npm or PyPI package of the server instead of its repository. The administrator finds the cause in the log.',
  retryable: false,
};

const isRetryable = (error: unknown): boolean => !(error instanceof UserError) || error.retryable;

/** At most `max` at a time; the rest wait in line. */
function createGate(max: number) {
  let free = max;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

async function refuseMany(tx: Transaction, { userId }: Actor, now: Date): Promise<void> {
  const since = new Date(now.getTime() - ANALYSIS_MS_MAX * 2);
  const busy = await tx.analysis.count({ where: { ownerId: userId, status: 'RUNNING', createdAt: { gt: since } } });
  if (busy < RUNNING_PER_OWNER_MAX) return;
  throw new UserError('LIMIT_REACHED', `${busy} of your analyses are running.`, {
    kind: 'limit',
    hint: 'Wait until one of them is done.',
    retryable: true,
  });
}

/** Analyses run in this process; their rows are all that others see. */
export function createAnalysisService(deps: AnalysisDeps): AnalysisService {
  const { log } = deps;
  const { prisma, transaction } = deps.database;
  const retryDelayMs = deps.retryDelayMs ?? ((failed) => 500 * 3 ** (failed - 1));
  const closing = new AbortController();
  const running = new Map<string, Promise<void>>();
  const gate = createGate(RUNNING_MAX);

  /** Writes and publishes in one step. A row that is gone, or that another worker finished, is left alone. */
  const write = (id: string, data: Prisma.AnalysisUpdateManyMutationInput): Promise<void> =>
    transaction(async (tx) => {
      const { count } = await tx.analysis.updateMany({ where: { id, status: 'RUNNING' }, data });
      if (count > 0) await deps.notify(tx, id);
    });

  /** Counts the try before the work, so that a process which dies in it leaves a trace. */
  async function beginTry(id: string): Promise<boolean> {
    const { count } = await prisma.analysis.updateMany({
      where: { id, status: 'RUNNING', tries: { lt: TRIES_MAX } },
      data: { tries: { increment: 1 } },
    });
    if (count === 0) await write(id, { status: 'FAILED', failure: TRIED_OUT, finishedAt: deps.now() });
    return count > 0;
  }

  /** An orderly shutdown says nothing against the analysis. */
  const giveBackTry = (id: string) =>
    prisma.analysis.updateMany({ where: { id, status: 'RUNNING' }, data: { tries: { decrement: 1 } } });

  async function work(id: string, ownerId: string, source: Source): Promise<void> {
    if (closing.signal.aborted || !(await beginTry(id))) return;
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(ANALYSIS_MS_MAX)]);
    let progress: StageProgress[] = [];
    const report: Report = async (stage, state, message) => {
      signal.throwIfAborted();
      progress = withStage(progress, { stage, state, message, at: deps.now().toISOString() });
      await write(id, { progress });
    };
    for (let attempts = 1; ; attempts++) {
      try {
        signal.throwIfAborted();
        const tools = await deps.toolsFor({ id, ownerId });
        const { result, isPartial } = await analyzeSource(source, tools, report, signal, attempts === ATTEMPTS_MAX);
        await write(id, { status: isPartial ? 'PARTIAL' : 'DONE', result: storable(result), finishedAt: deps.now() });
        return;
      } catch (error) {
        if (closing.signal.aborted) {
          await giveBackTry(id);
          return;
        }
        if (!(error instanceof UserError) || error.code === 'ANALYSIS_FAILED')
          log('warn', 'A try at an analysis failed.', { analysisId: id, attempts, error });
        if (attempts < ATTEMPTS_MAX && isRetryable(error) && !signal.aborted) {
          await delay(retryDelayMs(attempts), undefined, { signal }).catch(() => {}); // the next round sees the abort
          continue;
        }
        const at = deps.now();
        progress = progress.map((one) =>
          one.state === 'RUNNING'
            ? { ...one, state: 'FAILED', message: failureOf(error).message, at: at.toISOString() }
            : one,
        );
        const failure = failureOf(error);
        const known = isRetryable(error) ? unreachedResult(source, failure) : null;
        await write(id, {
          status: known ? 'PARTIAL' : 'FAILED',
          ...(known ? { result: known } : {}),
          ...(error instanceof SuggestionsFound
            ? { result: storable({ candidates: [], warnings: [], suggestions: error.suggestions }) }
            : {}),
          failure,
          progress,
          finishedAt: at,
        });
        return;
      }
    }
  }

  function run(id: string, ownerId: string, source: Source): void {
    const promise = gate(() => work(id, ownerId, source))
      // the database is away or closed: the row stays RUNNING, and `resume` takes it up
      .catch((error: unknown) => log('error', 'An analysis could not be recorded.', { analysisId: id, error }))
      .finally(() => running.delete(id));
    running.set(id, promise);
  }

  return {
    async start(actor, input) {
      closing.signal.throwIfAborted();
      const source = parseSource(input.source, { localPathsAllowed: deps.localPathsAllowed(actor) });
      const now = deps.now();
      const owned = { ownerId: actor.userId, normalizedSource: source.normalized, expiresAt: { gt: now } };
      // a folder changes without a new name: what it held is never reused
      if (!input.refresh && !isLocal(source)) {
        const known = await prisma.analysis.findFirst({
          where: { ...owned, status: { in: ['RUNNING', 'DONE'] } },
          orderBy: { createdAt: 'desc' },
          select: { id: true, status: true },
        });
        if (known && (known.status === 'DONE' || running.has(known.id)))
          return { id: known.id, cached: known.status === 'DONE' };
      }
      const { id } = await transaction(async (tx) => {
        await deps.admit(tx, actor.userId);
        await refuseMany(tx, actor, now);
        return tx.analysis.create({
          data: {
            ownerId: actor.userId,
            source: storedSource(source, input.source),
            normalizedSource: source.normalized,
            createdAt: now,
            expiresAt: new Date(now.getTime() + CACHE_MS),
          },
          select: { id: true },
        });
      });
      run(id, actor.userId, source);
      return { id, cached: false };
    },

    async resume(olderThanMs = 0) {
      const now = deps.now().getTime();
      const rows = await prisma.analysis.findMany({
        where: { status: 'RUNNING', createdAt: { lte: new Date(now - olderThanMs) } },
        select: { id: true, ownerId: true, source: true, createdAt: true },
        take: 500,
      });
      for (const row of rows.filter(({ id }) => !running.has(id))) {
        try {
          if (now - row.createdAt.getTime() > ABANDONED_MS) throw new Error('Abandoned.');
          // it was allowed when it was started
          run(row.id, row.ownerId, parseSource(row.source, { localPathsAllowed: true }));
        } catch (error) {
          await write(row.id, { status: 'FAILED', failure: failureOf(error), finishedAt: new Date(now) });
        }
      }
    },

    async close() {
      closing.abort(new Error('Catwalk is shutting down.'));
      await Promise.allSettled([...running.values()]);
    },
  };
}
