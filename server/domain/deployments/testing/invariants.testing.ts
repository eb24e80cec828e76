import { expect } from 'vitest';
import { kill, type Life } from './killable.testing.ts';
import { openSimulation, type SimulatedRow } from './simulation.testing.ts';

export const isRunning = ({ status, phase }: SimulatedRow): boolean => status === 'RUNNING' && phase === null;

/** A simulation whose workers each test starts, and which each test leaves without deployments, machines and errors. */
export async function openInvariants() {
  const world = await openSimulation();
  return {
    ...world,
    /** Starts a worker that dies at the first such call; resolves at its death. */
    startDoomed: (call: string, when: 'before' | 'after'): Promise<void> =>
      new Promise((died) => {
        const dieAt: Life['dieAt'] = (made, moment) => made === call && moment === when;
        world.startWorker(dieAt, died);
      }),
    machineIds: async (): Promise<string[]> => (await world.listed()).map(({ id }) => id),
    /** Deletes what the test deployed, ends its workers, and checks that nothing is left. */
    cleanUp: async (): Promise<void> => {
      world.local.faults.clear();
      if (world.workers.size === 0) world.startWorker();
      for (const { id, desired } of await world.prisma.deployment.findMany()) {
        if (desired !== 'DELETED') await world.service.delete(world.actor, id);
        await world.whenGone(id);
      }
      for (const life of [...world.workers.keys()]) kill(life);
      expect(await world.listed()).toEqual([]);
      expect(world.errors).toEqual([]);
    },
  };
}

export type Invariants = Awaited<ReturnType<typeof openInvariants>>;
