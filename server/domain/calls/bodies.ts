import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { CallBodies } from '#deploy/host/call-contract.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Call } from '#prisma/generated/client/client.ts';
import type { Envelopes } from '../credentials/envelope.ts';
import { reachable } from '../reach.ts';

export type { CallBodies };

/** A host cuts at 16 kB; one that does not is cut here. */
const TEXT_MAX = 20_000;
const text = z
  .string()
  .transform((value) => value.slice(0, TEXT_MAX))
  .nullable();

/** Arguments and result of a call as a host reports them, and as they are sealed. */
export const callBodiesSchema = z.object({ arguments: text, result: text });

/** `envelope` belongs to its id and its deployment, and opens for no other. */
export type SealedBodies = { id: string; envelope: string };

const contextOf = (deploymentId: string, id: string) =>
  ({ purpose: 'call-bodies', subject: `${deploymentId} ${id}`, version: 1 }) as const;

export async function sealBodies(
  envelopes: Envelopes,
  deploymentId: string,
  bodies: CallBodies,
): Promise<SealedBodies> {
  const id = randomUUID();
  return { id, envelope: await envelopes.seal(JSON.stringify(bodies), contextOf(deploymentId, id)) };
}

export interface CallBodiesReader {
  /** Null for a call whose bodies were not recorded or are gone, and for a person who may not act as the owner. */
  read(call: Pick<Call, 'deploymentId' | 'bodiesId'>, userId: string): Promise<CallBodies | null>;
}

export const createCallBodiesReader = ({
  prisma,
  envelopes,
}: {
  prisma: PrismaClient;
  envelopes: Envelopes;
}): CallBodiesReader => ({
  read: async ({ deploymentId, bodiesId }, userId) => {
    const row =
      bodiesId &&
      (await prisma.callBodies.findFirst({
        where: { id: bodiesId, deploymentId, deployment: reachable(userId, 'OWN') },
      }));
    if (!row) return null;
    const opened = await envelopes.open(row.envelope, contextOf(deploymentId, row.id));
    return callBodiesSchema.parse(JSON.parse(opened));
  },
});
