/** How a machine's main process last ended, without anybody having asked for it. */
export type UnaskedExit = {
  code: number | null;
  oom: boolean;
  /** How often the restart policy had started it again by then. */
  restarts: number;
  /** Milliseconds since the epoch; null when the API does not say. */
  at: number | null;
};

/** What threw a deployment back on its way, or out of service, without anybody having asked for it. */
export type Setback =
  /** The machine does not exist any more. */
  | { kind: 'lost' }
  /** The machine's own process ended. */
  | { kind: 'ended'; exit: UnaskedExit | null };
