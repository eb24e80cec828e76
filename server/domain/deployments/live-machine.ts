import type { HostStatus } from '#deploy/host/contract.ts';
import type { HostClient, HostTarget } from '#deploy/host-client.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import { forgetOldest } from '../forget-oldest.ts';
import { SERVING_STATUSES } from './status.ts';

const STATUS_MS_MAX = 3_000;
/** Readers of one deployment share an answer of this age. */
const AGE_MS_MAX = 1_000;
const ENTRIES_MAX = 1_000;

/** What the host of a deployment reports at this moment. */
export type LiveMachine = {
  sessions: number;
  clients: { name: string; version: string; sessions: number }[];
  /** Memory of the server's processes, in bytes; null where it cannot be measured. */
  usedBytes: number | null;
  totalBytes: number | null;
  /** The part of the last five minutes for which the processor was withheld, 0 to 1; null where nothing limits it. */
  withheld: number | null;
};

export interface LiveMachines {
  /** Asks the host of the machine that serves; null while none does, and if the host does not answer in time. */
  read(deploymentId: string): Promise<LiveMachine | null>;
}

type Deps = {
  prisma: Pick<PrismaClient, 'machine'>;
  host: Pick<HostClient, 'status'>;
  targetOf(machine: Machine): Promise<HostTarget | null>;
  now: () => Date;
};

/** Reads figures of machines that no row keeps. The caller must have been authorized. */
export function createLiveMachines({ prisma, host, targetOf, now }: Deps): LiveMachines {
  const recent = new Map<string, { at: number; answer: Promise<LiveMachine | null> }>();

  const ask = async (deploymentId: string): Promise<LiveMachine | null> => {
    const machine = await prisma.machine.findFirst({
      where: {
        deploymentId,
        destroyAt: null,
        drainingAt: null,
        address: { not: null },
        deployment: { status: { in: [...SERVING_STATUSES] } },
        release: { currentOf: { isNot: null } },
      },
      orderBy: { createdAt: 'desc' },
    });
    const target = machine && (await targetOf(machine));
    if (!target) return null;
    try {
      return liveOf(await host.status(target, AbortSignal.timeout(STATUS_MS_MAX)));
    } catch {
      return null; // the status of the deployment says whether anything is wrong
    }
  };

  return {
    read: (deploymentId) => {
      const at = now().getTime();
      const known = recent.get(deploymentId);
      if (known && at - known.at < AGE_MS_MAX) return known.answer;
      const answer = ask(deploymentId);
      recent.delete(deploymentId);
      recent.set(deploymentId, { at, answer });
      forgetOldest(recent, ENTRIES_MAX);
      return answer;
    },
  };
}

function liveOf({ sessions, clients, children, memory, heldBack }: HostStatus): LiveMachine {
  const measured = children.flatMap(({ rssBytes }) => rssBytes ?? []);
  const running = heldBack?.running ?? null;
  return {
    sessions,
    clients: clients ?? [],
    usedBytes: measured.length === 0 ? null : measured.reduce((sum, bytes) => sum + bytes, 0),
    totalBytes: memory.totalBytes,
    withheld: running === null || running.wallMs === 0 ? null : Math.min(1, running.heldBackMs / running.wallMs),
  };
}
