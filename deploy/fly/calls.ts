import type { MachineConfig } from '../machine-config.ts';
import type { CallOptions } from './transport.ts';
import type { App, Machine, MachineState } from './wire.ts';

export type CreateMachineInput = {
  /** Unique within the app among machines that are not destroyed. */
  name: string;
  region?: string;
  config: MachineConfig;
  /** Creates without starting. */
  skipLaunch?: boolean;
};

export type ListMachinesFilter = {
  /** All must match. */
  metadata?: Record<string, string>;
  region?: string;
  state?: readonly MachineState[];
  includeDeleted?: boolean;
  /** Leaves out configuration (metadata too), events, checks and host status. */
  summary?: boolean;
};

export type WaitState = 'started' | 'stopped' | 'suspended' | 'destroyed' | 'failed' | 'settled';

/**
 * The Machines API. Every call rejects with a MachinesError, or with the signal's reason once that is aborted.
 * Read predicates of errors.ts rather than status codes. Times: `timeoutMs` limits each attempt.
 */
export interface MachinesClient {
  /** Not idempotent, never retried: when `isAmbiguous(error)`, list on metadata before creating again. */
  create(app: string, input: CreateMachineInput, options?: CallOptions): Promise<Machine>;
  /** A destroyed machine is still found, in state `destroyed`; one that never was rejects with isNotFound. */
  get(app: string, id: string, options?: CallOptions): Promise<Machine>;
  /** As get, but null for one that never was. */
  find(app: string, id: string, options?: CallOptions): Promise<Machine | null>;
  list(app: string, filter?: ListMachinesFilter, options?: CallOptions): Promise<Machine[]>;
  /**
   * Waits on the API's side, 1 to 60 s (clamped). `reached` is false when the time is over; loop for more.
   * A version is the instanceId that must get there.
   */
  wait(
    app: string,
    id: string,
    wait: { state: WaitState; timeoutSeconds?: number; version?: string },
    options?: CallOptions,
  ): Promise<{ reached: boolean }>;
  /** Rejects with isPrecondition for some seconds after create and update: wait and try again. */
  start(app: string, id: string, options?: CallOptions): Promise<{ previousState: MachineState | null }>;
  stop(
    app: string,
    id: string,
    stop?: { signal?: string; timeoutSeconds?: number },
    options?: CallOptions,
  ): Promise<void>;
  suspend(app: string, id: string, options?: CallOptions): Promise<void>;
  restart(app: string, id: string, restart?: { timeoutSeconds?: number }, options?: CallOptions): Promise<void>;
  /** The whole configuration, never merged; the machine gets a new instanceId. A stopped one stays stopped with skipLaunch. */
  update(
    app: string,
    id: string,
    input: { config: MachineConfig; region?: string; skipLaunch?: boolean },
    options?: CallOptions,
  ): Promise<Machine>;
  /**
   * Idempotent. Accepted is not yet destroyed: observe until it is. Not accepted: the API answered that there is no such
   * machine, which of a machine younger than a minute proves nothing.
   */
  delete(app: string, id: string, options?: CallOptions & { force?: boolean }): Promise<{ accepted: boolean }>;
  /** Takes the machine out of Fly's proxy, or puts it back. */
  cordon(app: string, id: string, options?: CallOptions): Promise<void>;
  uncordon(app: string, id: string, options?: CallOptions): Promise<void>;
  setMetadata(app: string, id: string, key: string, value: string, options?: CallOptions): Promise<void>;
  findApp(app: string, options?: CallOptions): Promise<App | null>;
  /** Rejects with isUnauthorized where the token may not see the organization. */
  listApps(organization: string, options?: CallOptions): Promise<App[]>;
  /** Slugs of the organizations that this client's token covers. */
  currentToken(options?: CallOptions): Promise<string[]>;
  /** Creates the app when it is absent; with `publicAddress` or `privateAddress` gives it one for Fly's proxy. Idempotent. */
  ensureApp(
    app: {
      name: string;
      organization: string;
      network?: string;
      publicAddress?: boolean;
      privateAddress?: { network?: string };
    },
    options?: CallOptions,
  ): Promise<App>;
  /** Deletes the app with everything in it. Idempotent: an app that is gone is deleted. */
  deleteApp(app: string, options?: CallOptions): Promise<void>;
  close(): Promise<void>;
}
