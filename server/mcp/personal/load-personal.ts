import { VALUES_NONE } from '#deploy/host/header-contract.ts';
import type { PrismaClient } from '#prisma/client.ts';
import { missingFields, splitFields } from '#server/domain/deployments/personal/personal-form.ts';
import { parseFields } from '#server/domain/deployments/rows/fields.ts';
import type { CallerState, PersonalRoute } from './caller-state.ts';

type DeploymentOf = {
  ownerId: string;
  accessTokens: readonly { id: string; kind: 'USER' | 'PLAYGROUND'; makerId: string | null }[];
};

/** Reads which callers of a deployment have values of their own; opens none. */
export async function loadPersonal(
  prisma: PrismaClient,
  deploymentId: string,
  names: readonly string[],
  { ownerId, accessTokens }: DeploymentOf,
): Promise<PersonalRoute> {
  const { fields: json, personal: rows } = await prisma.deployment.findUniqueOrThrow({
    where: { id: deploymentId },
    select: {
      fields: true,
      personal: { select: { id: true, userId: true, accessTokenId: true, names: true } },
    },
  });
  const fields = splitFields(parseFields(json), names).personal;
  const stateOf = (revision: string, given: readonly string[]): CallerState => ({
    revision,
    missing: missingFields(fields, given).map(({ name }) => name),
  });
  const none = stateOf(VALUES_NONE, []);
  const users = new Map<string, CallerState>();
  const tokens = new Map<string, CallerState>();
  for (const { id, userId, accessTokenId, names: given } of rows) {
    if (userId !== null) users.set(userId, stateOf(id, given));
    if (accessTokenId !== null) tokens.set(accessTokenId, stateOf(id, given));
  }
  for (const { id, kind, makerId } of accessTokens)
    if (kind === 'PLAYGROUND') tokens.set(id, users.get(makerId ?? ownerId) ?? none);
  return { users, tokens, none };
}
