import type { Database, Transaction } from '#prisma/client.ts';
import type { Deployment, Machine, Prisma, Release } from '#prisma/generated/client/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { createEvents, type Events } from '#server/domain/events.ts';
import { type DeploymentView, NO_STALLS } from '../reconcile/view.ts';

const OWNER = 'ann';

/** Rows of deployments in a database without workers: tests write as workers do, and read what was written. */
export async function openRows() {
  const database: Database = await openTestDatabase();
  const { prisma } = database;
  await prisma.user.create({ data: { id: OWNER, name: 'Ann', email: 'ann@example.com' } });
  const bus = await createEvents(database.listener);
  /** Each message as `topic id`, in the order in which the writers sent them. */
  const published: string[] = [];
  const events: Events = {
    ...bus,
    publish: async (tx, topic, id) => {
      published.push(`${topic} ${id}`);
      await bus.publish(tx, topic, id);
    },
  };

  const addDeployment = (columns: Partial<Prisma.DeploymentUncheckedCreateInput> = {}): Promise<Deployment> =>
    prisma.deployment.create({
      data: {
        ownerId: OWNER,
        name: 'Weather',
        source: 'weather-mcp',
        region: 'local',
        memoryMb: 256,
        fields: { credentials: [], arguments: [], fixedArguments: [] },
        ...columns,
      },
    });
  const addRelease = (
    deploymentId: string,
    number: number,
    columns: Partial<Prisma.ReleaseUncheckedCreateInput> = {},
  ): Promise<Release> =>
    prisma.release.create({
      data: {
        deploymentId,
        number,
        runtime: 'npm',
        package: 'weather-mcp',
        version: '1.0.0',
        spec: { runtime: 'npm', name: 'weather-mcp', version: '1.0.0' },
        region: 'local',
        memoryMb: 256,
        isolation: 'AUTO',
        credentialVersion: 1,
        hostToken: '',
        reason: 'deploy',
        ...columns,
      },
    });
  const addMachine = (
    { id: releaseId, deploymentId, number }: Release,
    columns: Partial<Prisma.MachineUncheckedCreateInput> = {},
  ): Promise<Machine> =>
    prisma.machine.create({
      data: {
        deploymentId,
        releaseId,
        app: 'app',
        name: `cw-${deploymentId}-r${number}`,
        configHash: '',
        region: 'local',
        ...columns,
      },
    });
  const setDeployment = (id: string, data: Prisma.DeploymentUncheckedUpdateInput): Promise<Deployment> =>
    prisma.deployment.update({ where: { id }, data });

  return {
    database,
    prisma,
    events,
    published,
    owner: OWNER,
    addDeployment,
    addRelease,
    addMachine,
    setDeployment,
    viewOf: (deployment: Deployment, target: Release | null): DeploymentView => ({
      deployment,
      target,
      machines: [],
      stalls: NO_STALLS,
    }),
    deploymentOf: (id: string): Promise<Deployment> => prisma.deployment.findUniqueOrThrow({ where: { id } }),
    releaseOf: (id: string): Promise<Release> => prisma.release.findUniqueOrThrow({ where: { id } }),
    machineOf: (id: string): Promise<Machine> => prisma.machine.findUniqueOrThrow({ where: { id } }),
    eventsOf: (deploymentId: string) =>
      prisma.deploymentEvent.findMany({ where: { deploymentId }, orderBy: { id: 'asc' } }),
    inTransaction: <Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> => database.transaction(work),
    close: (): Promise<void> => database.close(),
  };
}

export type Rows = Awaited<ReturnType<typeof openRows>>;
