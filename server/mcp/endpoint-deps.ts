import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RefusedCall } from '#server/domain/calls/call.ts';
import type { UsageCall } from '#server/domain/usage/recorder.ts';
import type { BundleGrant, OAuthAuthority } from './access.ts';
import type { LockDeps } from './lock/give-lock.ts';
import type { ExchangeCaps } from './open-exchanges.ts';
import type { OriginPolicy } from './origin-policy.ts';
import type { AsleepDeps } from './parked/asleep.ts';
import type { ValuesDeps } from './personal/give-values.ts';
import type { RateLimit } from './rate-limit.ts';
import type { RouteTable } from './route-table.ts';
import type { TracedCall } from './traced-call.ts';
import type { RequestTraces } from './traces.ts';
import type { Upstream } from './upstream.ts';
import type { ViewsDeps } from './views/give-view.ts';

/** Each must return at once and never throw. */
export type CallSink = {
  /** The host of this machine has recorded calls. */
  recorded: (deploymentId: string, machineId: string) => void;
  /** A request that no host has seen. */
  refused: (call: RefusedCall) => void;
};

export type EndpointDeps = {
  routes: RouteTable;
  upstream: Upstream;
  policy: OriginPolicy;
  /** Requests that a sleeping machine wakes up; called once for any number of callers. */
  wake: (deploymentId: string) => Promise<void>;
  /** Requests that the platform checks a machine that did not answer as one; resolves when that was requested. */
  look?: (deploymentId: string) => Promise<void>;
  /** Wall clock, for expiry. */
  nowMs: () => number;
  oauth?: OAuthAuthority | null;
  rateLimit?: RateLimit | null;
  caps?: ExchangeCaps;
  wakeHoldMsMax?: number;
  /** Gives the answers for deployments that sleep; without it they are woken. */
  asleep?: AsleepDeps | null;
  /** Opens and delivers callers' own values; without it no deployment has any. */
  values?: ValuesDeps | null;
  /** Reads and delivers the definitions that owners agreed to; without it none are held. */
  lock?: LockDeps | null;
  /** Delivers the rules of views; without it no host receives any. */
  views?: ViewsDeps | null;
  /** Must return at once and never throw. */
  record?: (call: UsageCall) => void;
  /** Receives what the call log needs; without it no calls are recorded. */
  calls?: CallSink | null;
  /** Makes the spans of requests; without it no request is traced. */
  traces?: RequestTraces | null;
  /** The caller's address, behind the trusted proxies. */
  addressOf?: (req: IncomingMessage) => string;
  /** Called for errors that produce no response; `requestId` is set when a request caused it. */
  onError?: (error: unknown, deploymentId: string, requestId?: string) => void;
  /** Called for every finished call, to find it by its id. Must return at once and never throw. */
  trace?: (call: TracedCall) => void;
};

export interface Endpoint {
  /** A request listener, and an Express handler: everything below `/api/mcp/`. */
  handle(req: IncomingMessage, res: ServerResponse): void;
  /** A call of a bundle to one of its deployments, under the right that the caller has at the bundle. */
  handleMember(req: IncomingMessage, res: ServerResponse, grant: BundleGrant): void;
  /**
   * Before a stop: streams that listen end, so that their clients listen elsewhere, and calls under way have so many
   * milliseconds to be answered. Requests that arrive during the drain are answered as ever.
   */
  drain(msMax: number): Promise<void>;
  /** Counts the exchanges under way. */
  count(): number;
  /** Counts the streams that stay open while their machines sleep. */
  parkedCount(): number;
  /** Ends everything under way. */
  close(): Promise<void>;
}
