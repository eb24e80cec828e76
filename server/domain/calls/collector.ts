import type { PrismaClient } from '#prisma/client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import { isUuid } from '../access/uuid.ts';
import type { Events } from '../events.ts';
import { type CallRow, type RefusedCall, rowOfRefused } from './call.ts';
import { writeRefused } from './write-calls.ts';

/** Calls reach the page about a second after they ended. */
const COLLECT_MS = 500;
const COLLECT_LIMIT_MS = 10_000;
/** Refusals are free for whoever causes them: of each deployment so many a minute are kept, the others are counted. */
const REFUSED_PER_MINUTE = 120;
const DEPLOYMENTS_MAX = 1_000;
const MINUTE_MS = 60_000;

export type CallCollectorDeps = {
  prisma: PrismaClient;
  events: Pick<Events, 'publish'>;
  /** Takes the calls of a machine's host into the database. */
  save(machine: Machine, signal: AbortSignal): Promise<void>;
  nowMs: () => number;
  onError: (error: unknown) => void;
  collectMs?: number;
};

export interface CallCollector {
  /** The host of this machine has recorded calls. Returns at once, never throws. */
  recorded(deploymentId: string, machineId: string): void;
  /** Records a call that no host has seen. Returns at once, never throws. */
  refused(call: RefusedCall): void;
  /** Collects and writes what is noted now; resolves when that was stored or its failure reported. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

type Refused = { rows: CallRow[]; lost: number; minute: number; kept: number };

/**
 * Collects calls while they are fresh: the endpoint of an instance notes which hosts have recorded some, and what it
 * refused itself. What an instance misses, as when it dies, a worker takes with the logs of the machine.
 */
export function createCallCollector(deps: CallCollectorDeps): CallCollector {
  let noted = new Map<string, string>();
  const refusals = new Map<string, Refused>();
  let working: Promise<void> | null = null;

  const refused = (call: RefusedCall) => {
    if (!isUuid(call.deploymentId)) return;
    const minute = Math.floor(deps.nowMs() / MINUTE_MS);
    let of = refusals.get(call.deploymentId);
    if (!of) {
      if (refusals.size >= DEPLOYMENTS_MAX) return;
      of = { rows: [], lost: 0, minute, kept: 0 };
      refusals.set(call.deploymentId, of);
    }
    if (of.minute !== minute) Object.assign(of, { minute, kept: 0 });
    if (of.kept >= REFUSED_PER_MINUTE) {
      of.lost += 1;
      return;
    }
    of.kept += 1;
    of.rows.push(rowOfRefused(call));
  };

  const collect = async (machineId: string, deploymentId: string) => {
    const machine = await deps.prisma.machine.findFirst({ where: { deploymentId, machineId } });
    if (machine) await deps.save(machine, AbortSignal.timeout(COLLECT_LIMIT_MS));
  };

  const writeOne = async (deploymentId: string, of: Refused) => {
    const { rows, lost } = of;
    of.rows = [];
    of.lost = 0;
    const stored = await writeRefused(deps.prisma, deploymentId, { rows, lost }).catch((error: unknown) => {
      of.rows = [...rows, ...of.rows].slice(0, REFUSED_PER_MINUTE); // tried again with the next ones
      of.lost += lost;
      throw error;
    });
    if (stored > 0) await deps.events.publish(deps.prisma, 'calls', deploymentId);
  };

  const work = async () => {
    const machines = noted;
    noted = new Map();
    const writes: Promise<void>[] = [];
    const minute = Math.floor(deps.nowMs() / MINUTE_MS);
    for (const [deploymentId, of] of refusals) {
      if (of.rows.length > 0 || of.lost > 0) writes.push(writeOne(deploymentId, of));
      else if (of.minute !== minute) refusals.delete(deploymentId);
    }
    for (const [machineId, deploymentId] of machines) writes.push(collect(machineId, deploymentId));
    for (const { reason } of (await Promise.allSettled(writes)).filter(isRejected)) deps.onError(reason);
  };

  const flush = async (): Promise<void> => {
    while (working) await working;
    if (noted.size === 0 && refusals.size === 0) return;
    working = work().finally(() => {
      working = null;
    });
    await working;
  };

  const timer = setInterval(() => {
    if (!working) void flush();
  }, deps.collectMs ?? COLLECT_MS);
  timer.unref();

  return {
    recorded: (deploymentId, machineId) => void noted.set(machineId, deploymentId),
    refused,
    flush,
    close: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}

const isRejected = (result: PromiseSettledResult<void>): result is PromiseRejectedResult =>
  result.status === 'rejected';
