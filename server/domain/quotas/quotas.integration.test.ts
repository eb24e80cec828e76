import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '#prisma/client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { startPostgres, type TestPostgres } from '#prisma/test-postgres.testing.ts';
import { newAccessToken } from '../access/token.ts';
import type { Actor } from '../actor.ts';
import type { ServerCandidate } from '../analysis/result.ts';
import { createEnvelopes } from '../credentials/envelope.ts';
import { parseKeyRing } from '../credentials/key-ring.ts';
import type { DeployInput } from '../deployments/intents/inputs.ts';
import { createDeploymentService } from '../deployments/service.ts';
import { createEvents } from '../events.ts';
import { createModelBudget } from './model-budget.ts';
import { createQuotas, type Quotas } from './quotas.ts';

const LIMITS = { machines: 3, analysesPerDay: 3, modelUsdPerMonth: 1 };
const CANDIDATE: ServerCandidate = {
  key: 'npm:a-mcp',
  displayName: 'a-mcp',
  description: null,
  runtime: 'npm',
  deployable: true,
  notDeployableReason: null,
  package: 'a-mcp',
  version: '1.0.0',
  integrity: null,
  subfolder: null,
  runCommand: 'npx -y a-mcp@1.0.0',
  arguments: [],
  credentials: [],
  verified: true,
  verdict: 'MCP_SERVER',
  tools: [],
  notes: null,
  spec: { runtime: 'npm', name: 'a-mcp', version: '1.0.0' },
  fixedArguments: [],
};
const DEPLOY: Omit<DeployInput, 'analysisId'> = {
  candidate: null,
  name: null,
  credentials: [],
  arguments: [],
  extraArguments: [],
  extraEnvironment: [],
  version: null,
  region: null,
  memoryMb: null,
  access: 'TOKEN',
  isolation: 'AUTO',
  sleepAfterMinutes: null,
  acceptUnverified: false,
};

let server: TestPostgres;
/** A real PostgreSQL: the embedded database has one connection, on which nothing can overtake anything. */
let database: Database;
let quotas: Quotas;
let deployments: ReturnType<typeof createDeploymentService>;
let now: Date;
let actor: Actor;
let analysisId: string;

beforeAll(async () => {
  server = await startPostgres();
  database = await openDatabase({ kind: 'postgres', url: server.url });
  quotas = createQuotas({ prisma: database.prisma, defaults: LIMITS, clock: () => now });
  deployments = createDeploymentService({
    database,
    events: await createEvents(database.listener),
    envelopes: createEnvelopes(parseKeyRing(Buffer.alloc(32, 7).toString('base64'))),
    now: () => now,
    defaults: { region: 'local', memoryMb: 512 },
    regions: ['local'],
    memorySizesMb: [512],
    networkWallsOf: async () => ({ works: true, mayNamePrivate: true }) as const,
    admitMachine: quotas.admitMachine,
    resolvePackage: async (_actor, { spec }) => spec,
    newAccessToken,
  });
});
afterAll(async () => {
  await database?.close();
  await server?.stop();
});

beforeEach(async () => {
  now = new Date('2026-11-21T12:00:00Z');
  const { id } = await database.prisma.user.create({
    data: { id: randomUUID(), name: 'Ann', email: `${randomUUID()}@example.com` },
  });
  actor = { userId: id, role: 'MEMBER', scope: 'WRITE', via: 'session', ip: null };
  const row = await addAnalysis('DONE', {
    result: { candidates: [CANDIDATE], warnings: [] } as unknown as Prisma.InputJsonObject, // plain data
    createdAt: new Date('2026-11-20T12:00:00Z'),
  });
  analysisId = row.id;
  await database.prisma.installationSettings.deleteMany();
});

const addAnalysis = (
  status: 'DONE' | 'RUNNING',
  more: object = {},
  tx: Pick<Database['prisma'], 'analysis'> = database.prisma,
) =>
  tx.analysis.create({
    data: {
      ownerId: actor.userId,
      source: 'a-mcp',
      normalizedSource: 'npm:a-mcp',
      status,
      createdAt: now,
      expiresAt: now,
      ...more,
    },
  });
const deploy = async () => (await deployments.deploy(actor, { ...DEPLOY, analysisId })).deploymentId;
const outcomes = async (work: Promise<unknown>[]) => {
  const settled = await Promise.allSettled(work);
  const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  return { admitted: settled.length - refused.length, refused };
};
const update = (id: string, data: Prisma.DeploymentUncheckedUpdateInput) =>
  database.prisma.deployment.update({ where: { id }, data });

describe('machines', () => {
  test('admits as many of ten concurrent deployments as the limit allows, and gives the others the reason', async () => {
    const { admitted, refused } = await outcomes(Array.from({ length: 10 }, deploy));
    expect(admitted).toBe(3);
    for (const error of refused) {
      expect(error).toMatchObject({
        code: 'LIMIT_REACHED',
        kind: 'limit',
        message: 'All of your 3 machines are in use.',
      });
    }
    expect(await database.prisma.deployment.count({ where: { ownerId: actor.userId } })).toBe(3);
  });

  test('stops counting a failed deployment without a machine until it is started again', async () => {
    const [first = ''] = await Promise.all([deploy(), deploy(), deploy()]);
    await update(first, { status: 'FAILED', phase: null });
    await deploy();
    await expect(deployments.start(actor, first)).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    await expect(deployments.redeploy(actor, { id: first })).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    expect(await database.prisma.deployment.findUnique({ where: { id: first } })).toMatchObject({ status: 'FAILED' });
    await deployments.updateDeployment(actor, { id: first, name: 'Renamed' });
  });

  test('keeps counting a failed deployment that has a machine', async () => {
    const ids = await Promise.all([deploy(), deploy(), deploy()]);
    const [id = ''] = ids;
    const { targetReleaseId } = await update(id, { status: 'FAILED', phase: null });
    await database.prisma.machine.create({
      data: { deploymentId: id, releaseId: targetReleaseId ?? '', app: 'a', name: id, configHash: '', region: 'local' },
    });
    await expect(deploy()).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    await deployments.start(actor, id);
  });

  test('a lower limit stops nothing that runs, and lets it be restarted', async () => {
    const [id = ''] = await Promise.all([deploy(), deploy(), deploy()]);
    await database.prisma.installationSettings.create({ data: { machinesMax: 1 } });
    await update(id, { status: 'RUNNING', phase: null });
    await deployments.restart(actor, id);
    await expect(deploy()).rejects.toMatchObject({ message: 'All of your 1 machines are in use.' });
  });

  test('counts a deployment until its machine is gone, and says so in the refusal', async () => {
    const [id = ''] = await Promise.all([deploy(), deploy(), deploy()]);
    const { targetReleaseId } = await database.prisma.deployment.findUniqueOrThrow({ where: { id } });
    await database.prisma.machine.create({
      data: { deploymentId: id, releaseId: targetReleaseId ?? '', app: 'a', name: id, configHash: '', region: 'local' },
    });
    await deployments.delete(actor, id);
    await expect(deploy()).rejects.toMatchObject({ retryable: true, hint: expect.stringContaining('being deleted') });
    await database.prisma.deployment.delete({ where: { id } });
    await deploy();
  });

  test('ignores deployments of other owners', async () => {
    await Promise.all([deploy(), deploy(), deploy()]);
    const other = await database.prisma.user.create({
      data: { id: randomUUID(), name: 'B', email: `${randomUUID()}@b.c` },
    });
    await database.transaction((tx) => quotas.admitMachine(tx, other.id, null));
  });
});

describe('analyses', () => {
  const begin = () =>
    database.transaction(async (tx) => {
      await quotas.admitAnalysis(tx, actor.userId);
      await addAnalysis('RUNNING', {}, tx);
    });

  test('starts as many of ten concurrent analyses as a day allows, and continues the next day', async () => {
    const { admitted, refused } = await outcomes(Array.from({ length: 10 }, begin));
    expect(admitted).toBe(3);
    expect(refused[0]).toMatchObject({
      code: 'LIMIT_REACHED',
      message: 'You have begun 3 analyses today, and 3 a day are allowed.',
    });
    now = new Date('2026-11-21T23:59:59Z');
    await expect(begin()).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    now = new Date('2026-11-22T00:00:00Z');
    await begin();
  });
});

describe('the cost of models', () => {
  const budget = (ownKey = false) =>
    createModelBudget({ database, defaults: LIMITS, clock: () => now }, { userId: actor.userId, analysisId, ownKey });
  /** Costs $0.30 at most: 0.15 for 50,000 tokens in, 0.15 for 10,000 out. */
  const QUESTION = { model: 'm', inputTokensMax: 50_000, outputTokensMax: 10_000 };
  const used = async () => (await quotas.read(actor.userId)).usage.modelUsdThisMonth;

  test('keeps concurrent requests together within the rest of the budget', async () => {
    const { admitted, refused } = await outcomes(Array.from({ length: 10 }, () => budget().begin(QUESTION)));
    expect(admitted).toBe(3);
    expect(refused[0]).toMatchObject({
      code: 'LIMIT_REACHED',
      message: 'Models have cost $0.90 of your $1.00 this month.',
    });
    expect(await used()).toBeCloseTo(0.9);
  });

  test('counts a response with its cost, a refusal with nothing, and a lost response with its highest possible cost', async () => {
    const [answered, refused] = [await budget().begin(QUESTION), await budget().begin(QUESTION)];
    await budget().begin(QUESTION);
    await answered.settle({ inputTokens: 1_000, outputTokens: 100, costUsd: 0.002 });
    await refused.waive();
    expect(await used()).toBeCloseTo(0.302);
    const rows = await database.prisma.modelCall.findMany({ where: { userId: actor.userId }, orderBy: { id: 'asc' } });
    expect(rows).toMatchObject([
      { model: 'm', analysisId, inputTokens: 1_000, outputTokens: 100, settledAt: now },
      { inputTokens: 0, settledAt: now },
      { inputTokens: null, settledAt: null },
    ]);
  });

  test('counts the cost by tokens if an API reports no cost', async () => {
    const question = await budget().begin(QUESTION);
    await question.settle({ inputTokens: 10_000, outputTokens: 1_000, costUsd: null });
    expect(await used()).toBeCloseTo(0.045);
  });

  test('records the cost of an own key without a limit', async () => {
    for (let asked = 0; asked < 5; asked++) await budget(true).begin(QUESTION);
    expect(await used()).toBe(0);
    expect(await database.prisma.modelCall.count({ where: { userId: actor.userId, ownKey: true } })).toBe(5);
  });

  test('starts each month at zero', async () => {
    await outcomes(Array.from({ length: 4 }, () => budget().begin(QUESTION)));
    await expect(budget().begin(QUESTION)).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    now = new Date('2026-12-01T00:00:00Z');
    await budget().begin(QUESTION);
  });
});
