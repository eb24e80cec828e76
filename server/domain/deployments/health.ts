import type { PrismaClient } from '#prisma/client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import type { Next } from './act.ts';
import type { DeploymentView } from './decide.ts';
import { failureOf } from './failures.ts';
import type { Handshake } from './handshake.ts';
import type { DeploymentFailure } from './model.ts';
import { hostTarget } from './observe.ts';
import type { TransitionTo } from './transition.ts';
import type { Workplace } from './workplace.ts';

export type HealthDeps = {
  prisma: PrismaClient;
  envelopes: Envelopes;
  handshake: Handshake;
  now: () => Date;
  healthIntervalMs: number;
  random: () => number;
  saveLogs(machine: Machine, signal: AbortSignal): Promise<void>;
};

/** Failed checks in a row that make a deployment UNHEALTHY; one good check makes it RUNNING again. */
export const HEALTH_FAILURES_MAX = 3;

/** One check of the machine that serves: its state and host were observed already, now a real MCP ping. */
export async function checkHealth(
  deps: HealthDeps,
  view: DeploymentView,
  machine: Machine,
  place: Workplace,
  write: (to: TransitionTo) => Promise<boolean>,
  signal: AbortSignal,
): Promise<Next> {
  const { deployment } = view;
  const failure = await findFailure(deps, view, machine, place, signal);
  // Spread out, so that machines which came up together are not asked together for ever.
  const next: Next = { kind: 'wait', checkAfterMs: deps.healthIntervalMs * (0.9 + 0.2 * deps.random()) };

  if (failure === null) {
    const columns = { healthFailures: 0, lastHealthyAt: deps.now(), observedGeneration: deployment.generation };
    if (deployment.status === 'RUNNING') {
      await deps.prisma.deployment.updateMany({
        where: { id: deployment.id, generation: deployment.generation },
        data: columns,
      });
      return next;
    }
    return (await write({ status: 'RUNNING', failure: null, message: 'Healthy again.', columns })) ? next : LOST;
  }

  const failures = deployment.healthFailures + 1;
  if (failures < HEALTH_FAILURES_MAX || deployment.status === 'UNHEALTHY') {
    await deps.prisma.deployment.updateMany({
      where: { id: deployment.id, generation: deployment.generation },
      data: { healthFailures: failures },
    });
    return next;
  }
  const columns = { healthFailures: failures };
  return (await write({ status: 'UNHEALTHY', failure, message: failure.message, columns })) ? next : LOST;
}

const LOST: Next = { kind: 'lost' };

async function findFailure(
  deps: HealthDeps,
  { machines, target }: DeploymentView,
  machine: Machine,
  place: Workplace,
  signal: AbortSignal,
): Promise<DeploymentFailure | null> {
  const seen = machines.find(({ row }) => row.id === machine.id);
  if (!seen || !target) return null;
  if (seen.observed.kind === 'unknown') {
    return failureOf(
      'MACHINE_UNREACHABLE',
      `The Machines API does not tell: ${seen.observed.reason}`,
      null,
      deps.now(),
    );
  }
  const host = await hostTarget(deps.envelopes, machine, target, place);
  if (!host || seen.host === null || seen.host === 'unreachable') {
    return failureOf('MACHINE_UNREACHABLE', 'The machine does not answer.', null, deps.now());
  }
  try {
    await deps.saveLogs(machine, signal);
    await deps.handshake.ping(host, signal);
    return null;
  } catch (error) {
    signal.throwIfAborted();
    const text = error instanceof Error ? error.message : String(error);
    return failureOf(
      'MACHINE_UNREACHABLE',
      `The server does not answer a ping: ${text}`,
      seen.host.lastError,
      deps.now(),
    );
  }
}
