import type { Transaction } from '#prisma/client.ts';
import { invalidInput } from '#server/domain/errors.ts';

/** The id of a view by its name, for what is to be bound to the view. Throws INVALID_INPUT where there is none. */
export async function viewIdOf(tx: Transaction, deploymentId: string, name: string): Promise<string> {
  const found = await tx.view.findUnique({
    where: { deploymentId_name: { deploymentId, name } },
    select: { id: true },
  });
  if (found) return found.id;
  const message = `The deployment has no view “${name}”.`;
  throw invalidInput(message, [{ field: 'view', message }], 'Create the view first.');
}
