import type { Tracing, TracingOptions } from './tracing.ts';

/** The SDK of OpenTelemetry is loaded only where a collector is named. */
export async function openTracing({ endpoint, ...options }: TracingOptions): Promise<Tracing | null> {
  if (endpoint === undefined) return null;
  const { startTracing } = await import('./start-tracing.ts');
  return startTracing({ endpoint, ...options });
}
