import cluster from 'node:cluster';
import { createKnownSecrets, type KnownSecrets } from '#server/domain/credentials/known-secrets.ts';
import { systemTimers } from '#server/domain/timers.ts';
import { type App, createApp } from './compose/app.ts';
import { runProcesses } from './compose/processes.ts';
import { type Env, EnvironmentError, readEnv, secretsOf } from './env.ts';
import { createLog, type Log, type LogFormat, logDestination } from './logging/log.ts';
import { type FromProcess, openProcessGroup } from './metrics/process-group.ts';
import { holdDataFolder } from './process/data-folder.ts';
import { collectGarbage, keepQuietMemory, measureBusyShare, spareHeapBytes } from './process/quiet-memory.ts';
import { type Signals, watchSignals } from './process/signals.ts';
import { StartError } from './process/start-error.ts';

const EXIT_FAILED = 1;
const DISK_FULL =
  'The disk with the data folder is full, and the embedded database had to stop. Nothing that was saved is lost: free some space, then start Catwalk again.';
const CLOSE_MS_MAX = 25_000; // Fly kills after 30 s

const formatOf = ({ LOG_FORMAT }: Env): LogFormat => LOG_FORMAT ?? (process.stderr.isTTY ? 'pretty' : 'json');

export type RunOptions = {
  /** Called once, when the server answers, after its address was printed. Not called in the processes of a cluster. */
  onReady?: (ready: Ready) => void;
};
type Ready = Pick<App, 'url' | 'signInUrl'>;

/** Runs the server, in as many processes as asked for, until a signal ends it. Resolves with the exit code. */
export async function runServer({ onReady }: RunOptions = {}): Promise<number> {
  try {
    return await run((ready) => {
      announce(ready);
      onReady?.(ready);
    });
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    return EXIT_FAILED;
  }
}

async function run(onReady: (ready: Ready) => void): Promise<number> {
  const env = readEnv(process.env);
  const knownSecrets = createKnownSecrets(secretsOf(env));
  const log = createLog(env.LOG_LEVEL, logDestination(formatOf(env)), knownSecrets.redact);
  const signals = watchSignals();
  process.stdout.on('error', () => {}); // the reader of standard output is gone: no reason to stop serving
  if (env.CATWALK_PROCESSES === 1 || cluster.isWorker) return serve(env, knownSecrets, log, signals, onReady);
  const folder = await holdDataFolder(env.CATWALK_DATA_DIR); // for all of them
  const code = await runProcesses({ count: env.CATWALK_PROCESSES, log, signals, onReady });
  await folder.release();
  return code;
}

/** The server itself, in this process. */
async function serve(
  env: Env,
  knownSecrets: KnownSecrets,
  log: Log,
  signals: Signals,
  onReady: (ready: Ready) => void,
): Promise<number> {
  signals.onAgain(() => process.exit(EXIT_FAILED));
  const { worker } = cluster;
  const app = await createApp({
    env,
    log,
    knownSecrets,
    environment: process.env,
    ...(worker ? { processGroup: { isFirst: worker.id === 1, group: openProcessGroup(worker) } } : {}),
  });
  const { url, signInUrl } = app;
  if (worker) worker.send({ kind: 'ready', url, signInUrl } satisfies FromProcess);
  else onReady({ url, signInUrl });
  const endQuietMemory = keepQuietMemory({
    timers: systemTimers,
    busyShare: measureBusyShare(),
    spareBytes: spareHeapBytes,
    collect: collectGarbage,
    onError: (error) => log.debug({ err: error }, 'Memory could not be given back.'),
  });

  const signal = await Promise.race([signals.first, app.broken]);
  if (signal instanceof Error) {
    log.fatal({ err: signal }, DISK_FULL);
    // nothing more can be written, and closing would wait for the database
    return EXIT_FAILED;
  }
  log.info({ signal }, 'Stopping.');
  endQuietMemory();
  setTimeout(() => process.exit(EXIT_FAILED), CLOSE_MS_MAX).unref();
  await app.close();
  return 0;
}

function announce({ url, signInUrl }: Ready): void {
  process.stdout.write(`Catwalk is ready on ${url}\n`);
  if (signInUrl) process.stdout.write(`Sign in with this link, which works once:\n  ${signInUrl}\n`);
}

/** Expected failures print a sentence and a hint instead of a stack. */
const explain = (error: unknown): string => {
  if (error instanceof StartError) return `${error.message}\n${error.hint}`;
  if (error instanceof EnvironmentError) return `The environment is not valid.\n  ${error.problems.join('\n  ')}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};
