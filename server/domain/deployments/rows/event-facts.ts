import { z } from 'zod';
import { failureSchema } from './failure.ts';

const eventFactsSchema = z.object({
  /**
   * `lost`: the machine does not exist any more. `ended`: the machine's process ended. `stalled`: the host inside the
   * machine stopped answering, and the machine is restarted. `server-stalled`: the server stopped answering its host, and
   * its process is started again. `moved`: the machine's hardware is away, and another machine takes over. Setbacks are
   * counted, so that a loop ends. `held-up`: a change is stuck.
   */
  setback: z.enum(['lost', 'ended', 'stalled', 'server-stalled', 'moved', 'held-up']).exactOptional(),
  /** Why the deployment is FAILED or UNHEALTHY, or why it is not RUNNING for a moment. */
  failure: failureSchema.exactOptional(),
  /** The wall that stopped an act of the server. */
  rule: z.string().exactOptional(),
  /** The processor of the running machine was throttled. */
  throttled: z.literal(true).exactOptional(),
  /** Milliseconds from the request that woke the deployment to its answer. */
  wakeMs: z.number().exactOptional(),
});

/** Facts of an event besides its sentence. */
export type EventFacts = z.infer<typeof eventFactsSchema>;

/** Reads the JSON column `DeploymentEvent.data`; without facts for a row of an older version that does not parse. */
export const parseEventFacts = (column: unknown): EventFacts => eventFactsSchema.safeParse(column).data ?? {};
