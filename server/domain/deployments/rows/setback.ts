/** The last end of a machine's main process without a request. */
export type UnrequestedExit = {
  code: number | null;
  oom: boolean;
  /** Number of times the restart policy had started the process again by then. */
  restarts: number;
  /** Milliseconds since the epoch; null when the API does not report it. */
  at: number | null;
};

/** An event that sets a deployment back on its way, or takes it out of service, without an intent of its owner. */
export type Setback =
  /** The machine does not exist any more. */
  | { kind: 'lost' }
  /** The machine's own process ended. */
  | { kind: 'ended'; exit: UnrequestedExit | null };
