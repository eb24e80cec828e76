import type { Machine } from '#prisma/generated/client/client.ts';
import { transition } from '../rows/transition.ts';
import { freeMachineName } from './machine-names.ts';
import { phaseStatus, recordTiming } from './roll-out.ts';
import { AGAIN, type Next, type Step, SUPERSEDED } from './step.ts';

const MESSAGE = 'The hardware of the machine cannot be reached. The release moves to a new machine.';

/**
 * Leaves a machine behind and prepares another one for the same release, in one transaction. The old row stays, without
 * an address, until its hardware is back and the machine was destroyed.
 */
export async function abandonMachine(step: Step, machine: Machine): Promise<Next> {
  const { deps, view, fleet, guard } = step;
  const { deployment, target } = view;
  if (!target) return AGAIN;
  await recordTiming(deps, deployment, target.id);
  const now = deps.now();
  const to = {
    ...phaseStatus(view),
    phase: 'CREATING_MACHINE',
    message: MESSAGE,
    facts: { setback: 'moved' },
    columns: { restartGeneration: null, attempts: 0 },
  } as const;
  const moved = await deps.database.transaction(async (tx) => {
    if (!(await transition(tx, deps.events, deployment, to, guard, now))) return false;
    await tx.machine.update({
      where: { id: machine.id },
      data: { abandonedAt: now, destroyAt: now, drainingAt: null, address: null },
    });
    const { app } = fleet;
    await tx.machineApp.createMany({ data: [{ app, ownerId: deployment.ownerId }], skipDuplicates: true });
    const taken = await tx.machine.findMany({ where: { deploymentId: deployment.id }, select: { name: true } });
    const name = freeMachineName(deployment.id, target.number, new Set(taken.map((row) => row.name)));
    await tx.machine.create({
      data: { deploymentId: deployment.id, releaseId: target.id, app, name, configHash: '', region: target.region },
    });
    return true;
  });
  return moved ? AGAIN : SUPERSEDED;
}
