import { VALUES_NONE } from '#deploy/host/header-contract.ts';
import type { HostClient } from '#deploy/host-client.ts';
import { openCallerValues } from '#server/domain/deployments/personal/open-caller-values.ts';
import { type SweepDeps, sweepDeployment } from '#server/domain/deployments/personal/sweep.ts';
import type { Events } from '#server/domain/events.ts';
import type { Log } from '../logging/log.ts';
import type { ValuesDeps } from '../mcp/personal/give-values.ts';
import type { Storage } from './storage.ts';

export type PersonalWiring = {
  publicUrl: string;
  storage: Storage;
  events: Pick<Events, 'on'>;
  host: HostClient;
  targetOf: Parameters<typeof sweepDeployment>[0]['targetOf'];
  clock: () => Date;
  log: Log;
};

const SWEEP_MS_MAX = 20_000;

/** Callers' own values at the endpoint, and the end of those that were lost: each instance acts on every message. */
export function openPersonal(wiring: PersonalWiring): { values: ValuesDeps; close(): Promise<void> } {
  const { publicUrl, events, host, targetOf, log } = wiring;
  const { envelopes, database } = wiring.storage;
  const { prisma } = database;
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();
  const sweepDeps: SweepDeps = { prisma, host, now: wiring.clock };

  const sweep = async (deploymentId: string): Promise<void> => {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(SWEEP_MS_MAX)]);
    try {
      await sweepDeployment({ ...sweepDeps, targetOf }, deploymentId, signal);
    } catch (error) {
      // The next health check does the same.
      if (!closing.signal.aborted) log.warn({ err: error, deploymentId }, 'A host could not be told of lost values.');
    }
  };
  const stop = events.on('access', null, (deploymentId) => {
    const running = sweep(deploymentId).finally(() => underWay.delete(running));
    underWay.add(running);
  });

  return {
    values: {
      pageFor: (deploymentId, kind) =>
        kind === 'token'
          ? `${publicUrl}/deployments/${deploymentId}/access`
          : `${publicUrl}/account/keys/${deploymentId}`,
      open: async (deploymentId, machineId, revision) => {
        const machine = await prisma.machine.findFirst({
          where: { machineId, deploymentId },
          select: { release: { select: { deploymentId: true, credentialVersion: true, personalFields: true } } },
        });
        return machine && openCallerValues({ prisma, envelopes }, machine.release, revision);
      },
      isCurrent: async (revision) =>
        revision === VALUES_NONE ||
        (await prisma.personalValues.findUnique({ where: { id: revision }, select: { id: true } })) !== null,
      give: (target, values, signal) => host.giveValues(target, values, signal),
      forget: (target, revisions, signal) => host.forgetValues(target, revisions, signal),
    },
    close: async () => {
      stop();
      closing.abort();
      await Promise.all(underWay);
    },
  };
}
