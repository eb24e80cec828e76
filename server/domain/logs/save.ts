import type { LogRecord } from '#deploy/host/contract.ts';
import type { HostClient, HostTarget } from '#deploy/host-client.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';

export type SaveLogsDeps = {
  prisma: PrismaClient;
  host: HostClient;
  /** Null while the machine's address is unknown. */
  targetOf(machine: Machine): Promise<HostTarget | null>;
};

const BATCH = 500;
/** Lines kept of a deployment: the newest ones. */
export const LOG_LINES_MAX = 5_000;

/**
 * Takes the lines that a machine's host has logged since the last time into the database. Two workers that do it
 * at once save each line once: a line is known by its machine and the host's own id of it.
 */
export async function saveLogs(deps: SaveLogsDeps, machine: Machine, signal: AbortSignal): Promise<void> {
  const target = await deps.targetOf(machine);
  if (!target) return;
  const known = await deps.prisma.machine.findUnique({ where: { id: machine.id }, select: { logCursor: true } });
  if (!known) return;
  let batch: LogRecord[] = [];
  for await (const line of deps.host.logs(target, { cursor: known.logCursor, follow: false, signal })) {
    batch.push(line);
    if (batch.length === BATCH) {
      await write(deps.prisma, machine, batch);
      batch = [];
    }
  }
  await write(deps.prisma, machine, batch);
}

async function write(prisma: PrismaClient, machine: Machine, lines: LogRecord[]): Promise<void> {
  const last = lines.at(-1);
  if (!last) return;
  await prisma.logEntry.createMany({
    data: lines.map((line) => ({
      deploymentId: machine.deploymentId,
      machineRowId: machine.id,
      cursor: line.id,
      at: new Date(line.at),
      stream: line.stream,
      text: storable(line.text),
    })),
    skipDuplicates: true,
  });
  await prisma.machine.updateMany({ where: { id: machine.id }, data: { logCursor: last.id } });
  await prisma.$executeRaw`
    DELETE FROM "LogEntry" WHERE "deploymentId" = ${machine.deploymentId}::uuid AND "id" <= (
      SELECT "id" FROM "LogEntry" WHERE "deploymentId" = ${machine.deploymentId}::uuid
      ORDER BY "id" DESC OFFSET ${LOG_LINES_MAX} LIMIT 1)`;
}

/** PostgreSQL takes neither NUL nor half a surrogate pair; one such line would keep all after it from being saved. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '');
