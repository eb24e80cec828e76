import type { CallRecord } from '#deploy/host/call-contract.ts';
import type { RequestTraces } from '../mcp/traces.ts';

/** Makes spans and sends them to a collector. */
export type Tracing = {
  /** Spans of requests at the endpoint. */
  requests: RequestTraces;
  /** Makes the spans of calls that the host of a machine has recorded. Returns at once, never throws. */
  calls(machine: TracedMachine, records: readonly CallRecord[]): void;
  /** Sends what is left, within a time limit. */
  close(): Promise<void>;
};

export type TracedMachine = { machineId: string | null; deploymentId: string };

export type TracingOptions = {
  /** OTEL_EXPORTER_OTLP_ENDPOINT; undefined where nothing is traced. */
  endpoint: string | undefined;
  version: string;
  /** Reports that spans could not be sent. */
  onWarning: (message: string) => void;
};
