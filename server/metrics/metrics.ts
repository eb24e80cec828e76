import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ObservedCall } from '#deploy/fly/transport.ts';
import { createEventFigures, type EventFigures } from './event-figures.ts';
import { createMachinesFigures } from './machines-figures.ts';
import type { Exposition, Figures } from './merge-figures.ts';

/** A call of the endpoint, as usage counts it. */
export type CountedCall = {
  method: string;
  status: number;
  isError: boolean;
  cold: boolean;
  era: 'legacy' | 'modern';
  translated: boolean;
  durationMs: number;
  bytesIn: number;
  bytesOut: number;
};

/** Reports from the parts of the server; each returns at once and never throws. */
export type Metrics = {
  endpointCall(call: CountedCall): void;
  graphqlOperation(type: 'query' | 'mutation' | 'subscription', failed: boolean, milliseconds: number): void;
  /** One turn of work on a deployment. */
  reconciled(failed: boolean, milliseconds: number): void;
  machinesCall(call: ObservedCall): void;
  events: EventFigures;
  /** A figure that is read at each scrape. */
  gauge(name: string, help: string, read: () => number): void;
  /** A figure for each value of one label, read at each scrape; without the figures when they cannot be had. */
  gauges(name: string, help: string, label: string, read: () => Promise<[value: string, figure: number][]>): void;
  /** The text that Prometheus reads, and its content type. */
  expose(): Promise<Exposition>;
  /** The same as data, to be merged with those of other processes. */
  figures(): Promise<Figures>;
};

/** The methods of MCP; a caller may send any other name, and must not make series of it. */
const METHODS = new Set([
  ...['initialize', 'server/discover', 'ping', 'tools/list', 'tools/call', 'resources/list', 'resources/read'],
  ...['resources/templates/list', 'resources/subscribe', 'resources/unsubscribe', 'prompts/list', 'prompts/get'],
  ...['completion/complete', 'logging/setLevel', 'notifications/initialized', 'notifications/cancelled'],
  ...['(stream)', '(end of session)'],
]);

/** The time limit for figures read at a scrape; Prometheus gives up after 10 s. */
const READ_MS_MAX = 2_500;
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];

/** One registry for one server: several in one process (tests) do not mix. Names and units as Prometheus asks. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const calls = new Counter({
    name: 'catwalk_endpoint_calls_total',
    help: 'Calls of endpoints.',
    labelNames: ['method', 'status', 'error', 'cold'],
    registers,
  });
  const translatedCalls = new Counter({
    name: 'catwalk_endpoint_translated_calls_total',
    help: "Calls that a host translated, since the server does not support the client's era of MCP.",
    labelNames: ['era'],
    registers,
  });
  const callSeconds = new Histogram({
    name: 'catwalk_endpoint_call_duration_seconds',
    help: 'From the head of a request to the end of its answer; listening streams are not counted.',
    labelNames: ['cold'],
    buckets: SECONDS,
    registers,
  });
  const callBytes = new Counter({
    name: 'catwalk_endpoint_bytes_total',
    help: 'Bytes of bodies that passed through endpoints.',
    labelNames: ['direction'],
    registers,
  });
  const operations = new Histogram({
    name: 'catwalk_graphql_operation_duration_seconds',
    help: 'Operations over HTTP and WebSocket; of a subscription, until it is set up.',
    labelNames: ['type', 'failed'],
    buckets: SECONDS,
    registers,
  });
  const turns = new Histogram({
    name: 'catwalk_reconcile_duration_seconds',
    help: 'Turns of work on a deployment, from its claim to its release.',
    labelNames: ['failed'],
    buckets: SECONDS,
    registers,
  });

  return {
    endpointCall: ({ method, status, isError, cold, era, translated, durationMs, bytesIn, bytesOut }) => {
      const known = METHODS.has(method) ? method : '(other)';
      calls.inc({ method: known, status: String(status), error: String(isError), cold: String(cold) });
      if (translated) translatedCalls.inc({ era });
      if (known !== '(stream)') callSeconds.observe({ cold: String(cold) }, durationMs / 1_000);
      callBytes.inc({ direction: 'in' }, bytesIn);
      callBytes.inc({ direction: 'out' }, bytesOut);
    },
    graphqlOperation: (type, failed, milliseconds) =>
      operations.observe({ type, failed: String(failed) }, milliseconds / 1_000),
    reconciled: (failed, milliseconds) => turns.observe({ failed: String(failed) }, milliseconds / 1_000),
    machinesCall: createMachinesFigures(registers),
    events: createEventFigures(registers),
    gauge: (name, help, read) => {
      const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(read()) });
    },
    gauges: (name, help, label, read) => {
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        collect: async () => {
          const figures = await orNone(read());
          gauge.reset();
          for (const [value, figure] of figures) gauge.set({ [label]: value }, figure);
        },
      });
    },
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    figures: () => registry.getMetricsAsJSON(),
  };
}

/** With the database away, everything else is still worth reading. */
async function orNone<T>(read: Promise<T[]>): Promise<T[]> {
  const late = Promise.withResolvers<T[]>();
  const timer = setTimeout(() => late.resolve([]), READ_MS_MAX);
  return Promise.race([read.catch(() => []), late.promise]).finally(() => clearTimeout(timer));
}
