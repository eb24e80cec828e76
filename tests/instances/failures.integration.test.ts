import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '#prisma/migrate.ts';
import { writeGreeter } from '../cli/greeter.ts';
import { untilAnswer } from '../until-answer.ts';
import { analyze, type Deployed, deploy, untilRunning } from './deploy.ts';
import { startLoad } from './load.ts';
import { openSession } from './mcp-session.ts';
import { hasNginx } from './nginx.ts';
import { openWorld, type World } from './world.ts';

const nginx = await hasNginx();
const CALLERS = 4;

describe.skipIf(!nginx)('three instances behind nginx, under load', { timeout: 150_000 }, () => {
  let world: World;
  let greeter: Deployed;
  let analysisId: string;

  beforeAll(async () => {
    world = await openWorld({ instances: 3 });
    const folder = path.join(world.folder, 'greeter');
    await writeGreeter(folder);
    analysisId = await analyze(world, folder);
    greeter = await deploy(world, analysisId);
    await untilRunning(world, greeter);
  }, 150_000);
  afterAll(() => world?.close());

  it('a stopping instance answers every call under way, and ends listening streams so that clients reconnect', async () => {
    const [first] = world.instances;
    const session = await openSession(greeter, first?.url);
    const stream = await fetch(session.url, { headers: { ...session.headers(), accept: 'text/event-stream' } });
    const listening = stream.text(); // rejects when it is cut instead of ended
    const load = await startLoad(greeter, CALLERS);
    await load.answered(50);
    expect(await first?.end('SIGTERM')).toBe(0);
    await listening;
    await load.answered(50);
    await first?.start();
    await load.answered(50);
    expect(await load.stop(), await world.nginx.errors()).toEqual({ failed: [], wrong: 0 });
    expect(await (await openSession(greeter, first?.url)).call()).toBe('answered');
  });

  it('calls on a killed instance fail cleanly, and all other calls continue', async () => {
    const [, victim] = world.instances;
    const load = await startLoad(greeter, CALLERS);
    const heard: string[] = [];
    const { events } = world.follow<{ deploymentsChanged: { deploymentId: string; status: string } }>(
      'subscription { deploymentsChanged { deploymentId status } }',
    );
    void (async () => {
      for await (const { data } of events) if (data) heard.push(data.deploymentsChanged.status);
    })();
    // Intents in flight while it dies: rows, leases and events of whichever instance had them must be taken over.
    const deploying = Array.from({ length: 4 }, () => deploy(world, analysisId).catch(() => null));
    await load.answered(20);
    await victim?.end('SIGKILL');
    const accepted = (await Promise.all(deploying)).filter((deployment) => deployment !== null);
    await load.answered(100);
    await Promise.all(accepted.map((deployment) => untilRunning(world, deployment)));
    const later = await deploy(world, analysisId);
    await untilRunning(world, later);
    const { failed, wrong } = await load.stop();
    expect(wrong).toBe(0);
    expect(failed.length, failed.join('\n')).toBeLessThanOrEqual(CALLERS); // one call each may have been on it
    expect(heard).toContain('RUNNING');
    await victim?.start();
    for (const { id } of [...accepted, later]) await remove(world, id);
  });

  it('the database restarts: calls go on without it, and everything else afterwards, with no restart of ours', async () => {
    const load = await startLoad(greeter, CALLERS);
    await load.answered(50);
    await world.postgres.restart(async () => {
      await load.answered(50); // routes are known for as long as LISTEN was whole
    });
    for (const { url } of world.instances) {
      const health = () => fetch(`${url}/api/health`).then(({ status }) => status);
      await untilAnswer(health, (status) => status === 200);
    }
    const another = await deploy(world, analysisId);
    await untilRunning(world, another);
    // Each instance receives the writes of the others again.
    for (const { url } of world.instances) {
      expect(await (await openSession(another, url)).call()).toBe('answered');
    }
    await remove(world, another.id);
    for (const { url } of world.instances) await expect(openSession(another, url)).rejects.toThrow(/404/);
    expect((await load.stop()).wrong).toBe(0);
  });

  it('an upgrade, one instance after the other with a migration in the middle, costs no call', async () => {
    const load = await startLoad(greeter, CALLERS);
    await load.answered(20);
    await migrateFurther(world); // as release_command does, before the first instance is replaced
    await load.answered(20);
    for (const instance of world.instances) {
      await instance.end('SIGTERM');
      await load.answered(20);
      await instance.start();
      await load.answered(20);
    }
    expect(await load.stop(), await world.nginx.errors()).toEqual({ failed: [], wrong: 0 });
  });
});

const remove = async (world: World, id: string): Promise<void> => {
  await world.ask('mutation D($id: ID!) { deleteDeployment(id: $id) { __typename } }', { id });
  await untilAnswer(
    () => world.ask<{ deployment: unknown }>('query Q($id: ID!) { deployment(id: $id) { id } }', { id }),
    ({ deployment }) => deployment === null,
  );
};

/** A version of ours that adds a column, on a database that older instances still use. */
async function migrateFurther(world: World): Promise<void> {
  const migrations = path.join(world.folder, 'migrations');
  await cp(path.resolve(import.meta.dirname, '../../prisma/migrations'), migrations, { recursive: true });
  await mkdir(path.join(migrations, '29990101000000_later'));
  const sql = `ALTER TABLE "Deployment" ADD COLUMN "later" TEXT NOT NULL DEFAULT 'x';`;
  await writeFile(path.join(migrations, '29990101000000_later', 'migration.sql'), sql);
  const database = new pg.Client({ connectionString: world.postgres.url });
  await database.connect();
  const applied = await migrate(
    {
      exec: async (text) => {
        await database.query(text);
      },
      query: async <Row>(text: string) => (await database.query(text)).rows as Row[], // rows have no static type in pg
    },
    migrations,
  );
  await database.end();
  expect(applied).toEqual(['29990101000000_later']);
}
