import { createApp } from './app.ts';
import { EnvironmentError, readEnv } from './env.ts';
import { createLog } from './log.ts';
import { StartError } from './start-error.ts';

const EXIT_FAILED = 1;
const CLOSE_MS_MAX = 25_000; // Fly kills after 30 s

/** Starts the server; expected failures end with a sentence and a hint instead of a stack. */
async function main(): Promise<void> {
  const env = readEnv(process.env);
  const log = createLog(env.LOG_LEVEL);
  const stopping = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stopping.resolve(signal);
      process.once(signal, () => process.exit(EXIT_FAILED)); // asked twice: at once
    });
  }

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
