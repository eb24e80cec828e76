/**
 * Checks what the rest of Catwalk relies on in a Machines API. The suite runs against the API on this computer, and
 * against Fly itself when FLY_API_TOKEN, FLY_MCP_APP_NAME and FLY_MCP_IMAGE name an app that it may create machines in.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../eventually.testing.ts';
import { standInConfig, startTestMachines } from '../local/fixtures/test-machines.ts';
import type { MachineConfig } from '../machine-config.ts';
import type { ListMachinesFilter, MachinesClient } from './calls.ts';
import { createMachinesClient } from './client.ts';
import { isNameTaken, isNotFound, isPrecondition } from './errors.ts';
import { exitEventOf, type Machine } from './wire.ts';

type Subject = { client: MachinesClient; app: string; image: string; close: () => Promise<void> };

const { FLY_API_TOKEN, FLY_MCP_APP_NAME, FLY_MCP_IMAGE, FLY_API_BASE_URL } = process.env;

/** Records the calls that the suite made with each client, to find those that it never made. */
const tried = new WeakMap<MachinesClient, Set<string>>();
const untried = (client: MachinesClient): string[] =>
  Object.keys(client).filter((name) => name !== 'close' && !tried.get(client)?.has(name));
const watched = (client: MachinesClient): MachinesClient => {
  const names = new Set<string>();
  const proxy = new Proxy(client, {
    get: (target, name, receiver) => {
      names.add(String(name));
      return Reflect.get(target, name, receiver);
    },
  });
  tried.set(proxy, names);
  return proxy;
};

const onThisComputer = async (): Promise<Subject> => {
  const { client, app, close } = await startTestMachines();
  return { client: watched(client), app, image: 'registry.example/host:1', close };
};

const onFly = async (): Promise<Subject> => {
  const client = createMachinesClient({
    baseUrl: FLY_API_BASE_URL ?? 'https://api.machines.dev',
    token: FLY_API_TOKEN ?? '',
  });
  return {
    client: watched(client),
    app: FLY_MCP_APP_NAME ?? '',
    image: FLY_MCP_IMAGE ?? '',
    close: () => client.close(),
  };
};

const suites: { name: string; open: () => Promise<Subject>; enabled: boolean; timeoutMs: number }[] = [
  { name: 'on this computer', open: onThisComputer, enabled: true, timeoutMs: 30_000 },
  {
    name: 'on Fly',
    open: onFly,
    enabled: Boolean(FLY_API_TOKEN && FLY_MCP_APP_NAME && FLY_MCP_IMAGE),
    timeoutMs: 400_000,
  },
];

for (const { name, open, enabled, timeoutMs } of suites) {
  describe.runIf(enabled)(`the Machines API ${name}`, { timeout: timeoutMs }, () => {
    const run = randomBytes(4).toString('hex');
    let subject: Subject;

    beforeAll(async () => {
      subject = await open();
    });

    afterAll(async () => {
      const { client, app, close } = subject;
      const left = await client.list(app, { metadata: { catwalk_contract: run } });
      for (const { id } of left) await client.delete(app, id, { force: true });
      await close();
    });

    const configure = (metadata: Record<string, string> = {}): MachineConfig => {
      const config = standInConfig({}, { image: subject.image }, { token: 'contract' });
      return { ...config, metadata: { ...config.metadata, catwalk_contract: run, ...metadata } };
    };

    const create = (label: string, metadata?: Record<string, string>): Promise<Machine> =>
      subject.client.create(subject.app, { name: `contract-${run}-${label}`, config: configure(metadata) });

    /** As Catwalk waits: one wait after another, at most 60 s each. */
    const reach = (id: string, state: 'started' | 'stopped' | 'suspended' | 'destroyed') =>
      eventually(
        `${id} ${state}`,
        async () => (await subject.client.wait(subject.app, id, { state })).reached,
        timeoutMs,
      );

    test('a machine is created, starts, and can be read with its metadata and size', async () => {
      const created = await create('a', { catwalk_release: 'r1' });
      expect(created).toMatchObject({ name: `contract-${run}-a`, state: 'created' });
      expect(created.instanceId).not.toBeNull();
      await reach(created.id, 'started');
      const read = await subject.client.get(subject.app, created.id);
      expect(read.config?.metadata).toMatchObject({ catwalk_contract: run, catwalk_release: 'r1' });
      expect(read.config?.guest.memoryMb).toBe(256);
      expect(read.instanceId).toBe(created.instanceId);
      expect(read.events.map(({ type }) => type)).toContain('launch');
    });

    test('a name is taken until its machine is destroyed, and the refusal names the machine', async () => {
      const first = await create('name');
      const refusal = await create('name').catch((error: unknown) => error);
      expect(isNameTaken(refusal)).toBe(true);
      expect(refusal).toMatchObject({ existingMachineId: first.id });
      await subject.client.delete(subject.app, first.id, { force: true });
      await reach(first.id, 'destroyed');
      const second = await create('name');
      expect(second.id).not.toBe(first.id);
    });

    test('machines are listed by all of the metadata asked for, a summary without configuration', async () => {
      const made = await create('list', { catwalk_release: 'r2', catwalk_deployment: 'd2' });
      const metadata = { catwalk_contract: run, catwalk_release: 'r2', catwalk_deployment: 'd2' };
      const [found, ...others] = await subject.client.list(subject.app, { metadata, summary: true });
      expect(others).toEqual([]);
      expect(found).toMatchObject({ id: made.id, name: made.name, config: null, events: [] });
      const wrong = { ...metadata, catwalk_deployment: 'd3' };
      expect(await subject.client.list(subject.app, { metadata: wrong })).toEqual([]);
    });

    test('a machine that never was is not found', async () => {
      const error = await subject.client.get(subject.app, '00000000000000').catch((reason: unknown) => reason);
      expect(isNotFound(error)).toBe(true);
      expect(await subject.client.find(subject.app, '00000000000000')).toBeNull();
    });

    test('a stop is an exit that was asked for, and a stopped machine starts again', async () => {
      const { id } = await create('stop');
      await reach(id, 'started');
      await subject.client.stop(subject.app, id);
      await reach(id, 'stopped');
      const stopped = await subject.client.get(subject.app, id);
      expect(exitEventOf(stopped)).toMatchObject({ requestedStop: true, restarting: false });
      expect((await subject.client.start(subject.app, id)).previousState).toBe('stopped');
      await reach(id, 'started');
    });

    test('a machine falls asleep and wakes', async () => {
      const { id } = await create('sleep');
      await reach(id, 'started');
      await subject.client.suspend(subject.app, id);
      await reach(id, 'suspended');
      await subject.client.start(subject.app, id);
      await reach(id, 'started');
    });

    test('an update makes a new version, and a stopped machine stays stopped', async () => {
      const { id, instanceId } = await create('update');
      await reach(id, 'started');
      await subject.client.stop(subject.app, id);
      await reach(id, 'stopped');
      const config = configure({ catwalk_release: 'r3' });
      const updated = await subject.client.update(subject.app, id, { config, skipLaunch: true });
      expect(updated.instanceId).not.toBe(instanceId);
      await reach(id, 'stopped');
      expect((await subject.client.get(subject.app, id)).config?.metadata['catwalk_release']).toBe('r3');
    });

    test('metadata is changed without a new version', async () => {
      const { id, instanceId } = await create('metadata');
      await reach(id, 'started');
      await subject.client.setMetadata(subject.app, id, 'catwalk_release', 'r4');
      const read = await subject.client.get(subject.app, id);
      expect(read.config?.metadata['catwalk_release']).toBe('r4');
      expect(read.instanceId).toBe(instanceId);
    });

    test('a running machine is only destroyed by force; destroyed it is still found, and not listed', async () => {
      const { id } = await create('delete');
      await reach(id, 'started');
      expect(isPrecondition(await subject.client.delete(subject.app, id).catch((error: unknown) => error))).toBe(true);
      await subject.client.delete(subject.app, id, { force: true });
      await reach(id, 'destroyed');
      expect((await subject.client.get(subject.app, id)).state).toBe('destroyed');
      const listed = await subject.client.list(subject.app, { metadata: { catwalk_contract: run } });
      expect(listed.map((machine) => machine.id)).not.toContain(id);
      await subject.client.delete(subject.app, id, { force: true });
    });

    test('a wait that elapses is not an error', async () => {
      const { id } = await create('wait');
      await reach(id, 'started');
      const waited = await subject.client.wait(subject.app, id, { state: 'suspended', timeoutSeconds: 1 });
      expect(waited).toEqual({ reached: false });
    });

    test('a restart is the same version up again', async () => {
      const { id, instanceId } = await create('restart');
      await reach(id, 'started');
      const before = exitEventOf(await subject.client.get(subject.app, id));
      await subject.client.restart(subject.app, id, { timeoutSeconds: 5 });
      await eventually(
        `the exit of ${id}`,
        async () => exitEventOf(await subject.client.get(subject.app, id)) !== before,
        timeoutMs,
      );
      await reach(id, 'started');
      expect((await subject.client.get(subject.app, id)).instanceId).toBe(instanceId);
    });

    test('a stop names its signal and its time', async () => {
      const { id } = await create('signal');
      await reach(id, 'started');
      await subject.client.stop(subject.app, id, { signal: 'SIGINT', timeoutSeconds: 5 });
      await reach(id, 'stopped');
    });

    test('a machine is created without being started', async () => {
      const input = { name: `contract-${run}-skip`, config: configure(), skipLaunch: true };
      const { id } = await subject.client.create(subject.app, input);
      await reach(id, 'stopped');
    });

    test('machines are listed by state and region, and destroyed ones on demand', async () => {
      const { id, region } = await create('filter', { catwalk_release: 'r5' });
      await reach(id, 'started');
      const metadata = { catwalk_contract: run, catwalk_release: 'r5' };
      const idsOf = async (filter: ListMachinesFilter) =>
        (await subject.client.list(subject.app, { metadata, ...filter })).map((machine) => machine.id);
      expect(await idsOf({ state: ['started', 'stopped'], region: region ?? '' })).toEqual([id]);
      expect(await idsOf({ state: ['stopped'] })).toEqual([]);
      expect(await idsOf({ region: 'nowhere' })).toEqual([]);
      await subject.client.delete(subject.app, id, { force: true });
      await reach(id, 'destroyed');
      expect(await idsOf({})).toEqual([]);
      expect(await idsOf({ includeDeleted: true })).toEqual([id]);
    });

    test('a machine leaves the proxy and comes back, however often that is said', async () => {
      const { id } = await create('cordon');
      await reach(id, 'started');
      for (let time = 0; time < 2; time += 1) await subject.client.cordon(subject.app, id);
      for (let time = 0; time < 2; time += 1) await subject.client.uncordon(subject.app, id);
      expect((await subject.client.get(subject.app, id)).state).toBe('started');
    });

    test('the token names the organization of the app, which lists it; ensuring it changes nothing', async () => {
      const { organization } = (await subject.client.findApp(subject.app)) ?? {};
      expect(await subject.client.currentToken()).toContain(organization);
      const apps = async () => (await subject.client.listApps(organization ?? '')).map((app) => app.name).toSorted();
      const before = await apps();
      expect(before).toContain(subject.app);
      const ensured = await subject.client.ensureApp({ name: subject.app, organization: organization ?? '' });
      expect(ensured).toMatchObject({ name: subject.app, organization });
      expect(await apps()).toEqual(before);
    });

    test('the app can be read, and one that never was is absent', async () => {
      expect(await subject.client.findApp(subject.app)).toMatchObject({ name: subject.app });
      expect(await subject.client.findApp(`catwalk-contract-${run}-absent`)).toBeNull();
    });

    test('an app is deleted once, and deleting it again is no error', async () => {
      const { organization } = (await subject.client.findApp(subject.app)) ?? {};
      const name = `catwalk-contract-${run}`;
      await subject.client.ensureApp({ name, organization: organization ?? '' });
      for (let time = 0; time < 2; time += 1) await subject.client.deleteApp(name);
      await eventually('it is gone', async () => (await subject.client.findApp(name)) === null);
    });

    test('every call that machines are worked with is tried here', () => {
      expect(untried(subject.client)).toEqual([]);
    });
  });
}
