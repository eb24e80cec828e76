import { randomUUID } from 'node:crypto';
import type { PrismaClient } from '#prisma/client.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import type { KeyRing } from '#server/domain/credentials/key-ring.ts';
import { countEnvelopes } from '#server/domain/credentials/rotate.ts';

/** The id of the one row of Installation. */
export const INSTALLATION = 'installation';

/** The encryption key is not the one that the rows were written with. */
export class WrongKeyError extends Error {}

/** Returns the id that machines of this installation carry. Any number of instances may start at once. */
export async function ensureInstallation(prisma: PrismaClient): Promise<string> {
  await prisma.installation.createMany({ data: [{ id: INSTALLATION, uuid: randomUUID() }], skipDuplicates: true });
  const { uuid } = await prisma.installation.findUniqueOrThrow({ where: { id: INSTALLATION } });
  return uuid;
}

/** Proves that the keys in use open what was sealed before: with a wrong one nothing may be written. */
export async function checkKeys(
  prisma: PrismaClient,
  keys: Pick<KeyRing, 'find'>,
  envelopes: Envelopes,
  uuid: string,
): Promise<void> {
  for (const [kid, count] of await countEnvelopes({ prisma })) {
    if (keys.find(kid)) continue;
    throw new WrongKeyError(`The encryption key "${kid}" is missing, which ${count} secrets in this database need.`);
  }
  const context = { purpose: 'setting', subject: uuid, version: 0 } as const;
  const { keyCheck } = await prisma.installation.findUniqueOrThrow({ where: { id: INSTALLATION } });
  if (keyCheck === null) {
    const sealed = await envelopes.seal(uuid, context);
    await prisma.installation.updateMany({ where: { id: INSTALLATION, keyCheck: null }, data: { keyCheck: sealed } });
    return;
  }
  try {
    await envelopes.open(keyCheck, context);
  } catch (cause) {
    throw new WrongKeyError('The encryption key is not the one that this database was written with.', { cause });
  }
}
