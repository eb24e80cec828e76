import type { Env } from '../env.ts';
import type { Log } from '../logging/log.ts';
import type { Exposition } from '../metrics/exposition.ts';
import { listenForScrapers } from '../metrics/private-port.ts';
import { StartError } from '../process/start-error.ts';

/**
 * Opens the port for scrapers where METRICS_PORT names one; resolves to the function that closes it. Throws a StartError
 * when the port cannot be taken.
 */
export async function openMetricsPort(
  { env, log }: { env: Pick<Env, 'HOST' | 'METRICS_PORT'>; log: Log },
  expose: Exposition,
): Promise<() => Promise<void>> {
  const { HOST: host, METRICS_PORT: port } = env;
  if (port === undefined) return async () => {};
  const onError = (error: unknown) => log.error({ err: error }, 'The metrics could not be collected.');
  try {
    const opened = await listenForScrapers({ host, port, onError }, expose);
    log.info({ port: opened.port }, 'Metrics are served without a token on a port of their own.');
    return opened.close;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new StartError(`Port ${port} for metrics cannot be taken (${code}).`, 'Choose another METRICS_PORT.', {
      cause,
    });
  }
}
