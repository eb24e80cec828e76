/** One server process on a PostgreSQL server of its own, with users that have tokens and deployments: what benches ask. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { openDatabase } from '#prisma/client.ts';
import { startPostgres } from '#prisma/test-postgres.testing.ts';
import { createApiTokenService } from '#server/domain/identity/api-tokens.ts';

/** The tokens created here cause no notification: they are new. */
const silent = { publish: async () => {} };

export type Owner = { id: string; token: string; deploymentId: string };

export async function openProductionWorld(variables: Record<string, string> = {}) {
  await using opened = new AsyncDisposableStack();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'cw-bench-'));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const postgres = await startPostgres();
  opened.defer(postgres.stop);
  const server = spawn(process.execPath, [path.resolve(import.meta.dirname, '../server/main.ts')], {
    env: {
      ...{ PATH: process.env['PATH'], HOME: process.env['HOME'] },
      ...{ PORT: '0', CATWALK_DATA_DIR: dataDir, DATABASE_URL: postgres.url, LOG_LEVEL: 'error' },
      ...{ RATE_LIMIT_PER_MINUTE: '1000000', MACHINES: 'local', MCP_REGISTRY_URL: 'http://127.0.0.1:9' },
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(server, 'exit');
  opened.defer(async () => {
    server.kill('SIGTERM');
    await exited;
  });
  let url: string | null = null;
  for await (const line of createInterface({ input: server.stdout })) {
    url = /ready on (\S+)/.exec(line)?.[1] ?? null;
    if (url) break;
  }
  if (!url) throw new Error('The server did not start.');
  const database = await openDatabase({ kind: 'postgres', url: postgres.url });
  opened.defer(database.close);
  const { prisma, transaction } = database;
  const apiTokens = createApiTokenService({ prisma, transaction, events: silent, clock: () => new Date() });
  const running = opened.move();

  return {
    url,
    dataDir,
    prisma,
    transaction,
    /** Resident memory of the server, in bytes. */
    memory: async () =>
      Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1_024,
    /** Open files and sockets of the server. */
    handles: async () => (await readdir(`/proc/${server.pid}/fd`)).length,
    addOwner: async (deployments = 1): Promise<Owner> => {
      const id = randomUUID();
      await prisma.user.create({ data: { id, name: id, email: `${id}@example.com` } });
      const actor = { userId: id, role: 'MEMBER', scope: 'WRITE', via: 'system', ip: null } as const;
      const { token } = await apiTokens.create(actor, { name: 'bench', scope: 'WRITE', expiresAt: null });
      const ids = Array.from({ length: deployments }, () => randomUUID());
      await prisma.deployment.createMany({
        data: ids.map((deploymentId, index) => ({
          ...{ id: deploymentId, ownerId: id, name: `Server ${index}`, source: 'weather-mcp', region: 'local' },
          ...{ memoryMb: 256, status: 'RUNNING' as const, nextCheckAt: null },
          fields: { credentials: [], arguments: [], fixedArguments: [] },
        })),
      });
      await prisma.deploymentEvent.createMany({
        data: ids.map((deploymentId) => ({ deploymentId, status: 'RUNNING' as const, message: 'Running.' })),
      });
      return { id, token, deploymentId: ids[0] ?? '' };
    },
    /** Writes a new status as a worker does; resolves when it is committed. */
    change: (owner: Owner, message: string) =>
      transaction(async (tx) => {
        await tx.deployment.update({ where: { id: owner.deploymentId }, data: { status: 'RUNNING' } });
        await tx.deploymentEvent.create({ data: { deploymentId: owner.deploymentId, status: 'RUNNING', message } });
        await tx.$executeRaw`SELECT pg_notify('catwalk', ${`deployment ${owner.deploymentId}`})`;
        await tx.$executeRaw`SELECT pg_notify('catwalk', ${`deployments ${owner.id}`})`;
      }),
    close: () => running.disposeAsync(),
  };
}

export type ProductionWorld = Awaited<ReturnType<typeof openProductionWorld>>;

/** The value below which so many of them lie, 0 ≤ share ≤ 1. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};
