import { createApp } from './app.ts';
import { EnvironmentError, readEnv } from './env.ts';
import { createLog } from './log.ts';
import { StartError } from './start-error.ts';

const EXIT_FAILED = 1;
const SAME_SIGNAL_MS = 500;
const CLOSE_MS_MAX = 25_000; // Fly kills after 30 s

/** Starts the server; expected failures end with a sentence and a hint instead of a stack. */
async function main(): Promise<void> {
  const env = readEnv(process.env);
  const log = createLog(env.LOG_LEVEL);
  const stopping = Promise.withResolvers<NodeJS.Signals>();
  let askedAt: number | null = null;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      askedAt ??= performance.now();
      stopping.resolve(signal);
      // Asked twice: at once. A terminal's signal reaches us directly and through npm: that counts as one.
      if (performance.now() - askedAt > SAME_SIGNAL_MS) process.exit(EXIT_FAILED);
    });
  }
  process.stdout.on('error', () => {}); // whoever read it is gone: no reason to stop serving

  const app = await createApp({ env, log, environment: process.env });
  process.stdout.write(`Catwalk is ready on ${app.url}\n`);
  if (app.signInUrl) process.stdout.write(`Sign in with this link, which works once:\n  ${app.signInUrl}\n`);

  const signal = await stopping.promise;
  log.info({ signal }, 'Stopping.');
  setTimeout(() => process.exit(EXIT_FAILED), CLOSE_MS_MAX).unref();
  await app.close();
}

const explain = (error: unknown): string => {
  if (error instanceof StartError) return `${error.message}\n${error.hint}`;
  if (error instanceof EnvironmentError) return `The environment is not right.\n  ${error.problems.join('\n  ')}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(EXIT_FAILED);
}
