import type { CallBodies, CallRecord } from '#deploy/host/call-contract.ts';
import type { HostClient, HostTarget } from '#deploy/host-client.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import type { Envelopes } from '../credentials/envelope.ts';
import type { Events } from '../events.ts';
import { sealBodies } from './bodies.ts';
import { type CallRow, callRecordSchema, rowOfRecord } from './call.ts';
import { writeHostPage } from './write-calls.ts';

export type SaveCallsDeps = {
  prisma: PrismaClient;
  events: Pick<Events, 'publish'>;
  envelopes: Envelopes;
  host: Pick<HostClient, 'calls'>;
  /** Null while the machine's address is unknown. */
  targetOf(machine: Machine): Promise<HostTarget | null>;
  /** Receives each record once, of all instances together. Must return at once and never throw. */
  onStored?: ((machine: Machine, records: readonly CallRecord[]) => void) | undefined;
};

/** More than a host's ring holds, so that a host which answers nonsense does not keep a worker. */
const PAGES_MAX = 50;

/**
 * Takes the calls that a machine's host has recorded since the last time into the database. Any number of workers may do
 * so at once: the one that moves the cursor stores the page.
 */
export async function saveCalls(deps: SaveCallsDeps, machine: Machine, signal: AbortSignal): Promise<void> {
  const target = await deps.targetOf(machine);
  if (!target) return;
  const { id, deploymentId } = machine;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const row = await deps.prisma.machine.findUnique({
      where: { id },
      select: { callCursor: true, deployment: { select: { recordsBodies: true } } },
    });
    if (!row) return;
    const page = await deps.host.calls(target, row.callCursor, signal);
    if (page === null || page.cursor === row.callCursor) return;
    const records = page.records.map((record) => callRecordSchema.safeParse(record));
    // A host reports only what its owner wants to have: nothing else is taken from it.
    const seal = (bodies: CallBodies | null) =>
      bodies !== null && row.deployment.recordsBodies ? sealBodies(deps.envelopes, deploymentId, bodies) : null;
    const rows: CallRow[] = [];
    const read: CallRecord[] = [];
    for (const { data } of records) {
      if (data === undefined) continue;
      read.push(data);
      rows.push(rowOfRecord(data, await seal(data.bodies)));
    }
    const stored = await writeHostPage(deps.prisma, {
      machine: { id, deploymentId },
      before: row.callCursor,
      after: page.cursor,
      lost: page.lost + (records.length - rows.length),
      rows,
    });
    if (stored > 0) deps.onStored?.(machine, read);
    if (stored > 0) await deps.events.publish(deps.prisma, 'calls', deploymentId);
    if (!page.more) return;
  }
}
