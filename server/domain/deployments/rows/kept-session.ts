import { z } from 'zod';
import type { KeptSession } from '#deploy/host/contract.ts';

/** Loose: what a host of a newer version adds goes back to a host. */
const keptSessionSchema: z.ZodType<KeptSession> = z.looseObject({
  id: z.string(),
  principal: z.string(),
  protocolVersion: z.string(),
  initialize: z.string(),
  remembered: z.array(z.tuple([z.string(), z.string()])),
});

/** Reads the JSON column `KeptSession.session`; null for a row of another version that does not parse. */
export const parseKeptSession = (column: unknown): KeptSession | null =>
  keptSessionSchema.safeParse(column).data ?? null;
