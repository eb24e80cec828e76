import { ProtocolError } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HostFailure, HostStatus } from '#deploy/host/contract.ts';
import type { HostClient } from '#deploy/host-client.ts';
import type { Deployment, Machine, Release } from '#prisma/generated/client/client.ts';
import type { Snapshot } from '../rows/snapshot.ts';
import { openRows, type Rows } from '../testing/rows-in-database.testing.ts';
import { completeHandshake } from './act-handshake.ts';
import { credentialsText, host } from './rows.testing.ts';
import { ServerRefusal } from './server-refusal.ts';
import type { Step } from './step.ts';

const NOW = new Date('2027-01-01T00:00:00Z');
const SECRET = 'sk-secret-value';
const SNAPSHOT: Snapshot = {
  serverInfo: null,
  protocolVersion: '2025-11-25',
  era: 'legacy',
  capabilities: {},
  instructions: `The key is ${SECRET}.`,
  tools: [
    {
      name: 'a',
      title: null,
      description: `${SECRET} token-of-the-host file-content`,
      inputSchema: { [SECRET]: [SECRET, 1, null] },
      outputSchema: null,
      annotations: null,
    },
  ],
  resources: [],
  prompts: [],
  notes: [],
};

let rows: Rows;
let deployment: Deployment;
let release: Release;
let machine: Machine;
beforeAll(async () => {
  rows = await openRows();
});
afterAll(() => rows?.close());
beforeEach(async () => {
  const { id } = await rows.addDeployment({ phase: 'HANDSHAKE', phaseSince: NOW, leaseOwner: 'me' });
  release = await rows.addRelease(id, 1, { hostToken: 'sealed' });
  machine = await rows.addMachine(release, { machineId: `fly-${id}`, state: 'started', address: 'http://host' });
  deployment = await rows.setDeployment(id, { targetReleaseId: release.id });
  const files = [{ env: 'F', name: 'f', contentBase64: Buffer.from('file-content').toString('base64') }];
  const envelope = credentialsText({ files, secrets: [SECRET] });
  await rows.prisma.credentialSet.create({
    data: { deploymentId: id, version: 1, envelope, names: [], shown: {} },
  });
});

type World = {
  status?: () => Promise<HostStatus>;
  readSnapshot?: (signal: AbortSignal) => Promise<Snapshot>;
  resume?: HostClient['resume'];
  carry?: HostClient['carrySessions'];
  leaseOwner?: string;
  signal?: AbortSignal;
};

/** Completes the handshake with a machine that answers like this, and lists what was called. */
async function complete(world: World = {}) {
  const calls: string[] = [];
  const status = world.status ?? (async () => host('READY'));
  const deps = {
    prisma: rows.prisma,
    database: rows.database,
    events: rows.events,
    now: () => NOW,
    envelopes: { open: async (sealed: string) => (sealed === 'sealed' ? 'token-of-the-host' : sealed) },
    host: {
      resume: async (...given: Parameters<HostClient['resume']>) => {
        calls.push('resume');
        await world.resume?.(...given);
      },
      status: () => {
        calls.push('status');
        return status();
      },
      offer: async () => null,
      packages: async () => null,
      carrySessions: async (...given: Parameters<HostClient['carrySessions']>) => {
        calls.push('carry');
        await world.carry?.(...given);
      },
    },
    probe: {
      readSnapshot: async (_: unknown, signal: AbortSignal, factor: number) => {
        calls.push(`read at ${factor}`);
        return world.readSnapshot ? world.readSnapshot(signal) : SNAPSHOT;
      },
    },
    saveLogs: async () => void calls.push('logs'),
  };
  const parts = {
    deps,
    view: rows.viewOf(deployment, release),
    fleet: { addressModeOf: () => ({ kind: 'local' }) },
    guard: { generation: deployment.generation, leaseOwner: world.leaseOwner ?? 'me' },
    signal: world.signal ?? new AbortController().signal,
  };
  const next = await completeHandshake(parts as unknown as Step, machine); // only these parts are used
  return { next, calls };
}
const read = () => rows.deploymentOf(deployment.id);
const fails = (message: string) => () => Promise.reject(new Error(message));
const failed = (over: Partial<HostFailure> = {}): HostFailure => ({
  code: 'MISSING_CREDENTIAL',
  message: 'KEY is missing.',
  retryable: false,
  stderrTail: ['boom'],
  at: NOW.toISOString(),
  ...over,
});

describe('a handshake that succeeds', () => {
  test('makes the release live with what the server offers, without its secrets', async () => {
    const { next, calls } = await complete();
    expect([next, calls]).toEqual([{ kind: 'again' }, ['resume', 'read at 1', 'logs', 'status']]);
    expect(await read()).toMatchObject({ status: 'RUNNING', phase: null, currentReleaseId: release.id });
    const { snapshot } = await rows.releaseOf(release.id);
    expect(JSON.stringify(snapshot)).not.toMatch(/sk-secret|token-of|file-content/);
    expect(snapshot).toMatchObject({ protocolVersion: '2025-11-25', tools: [{ name: 'a', title: null }] });
  });

  test('says that the processor was throttled, and is patient with a slow one', async () => {
    release = await rows.prisma.release.update({
      where: { id: release.id },
      data: { region: 'iad', processor: 'shared-cpu-1x' },
    });
    const heldBack = { install: null, start: { heldBackMs: 20_000, wallMs: 40_000 } };
    const { calls } = await complete({ status: async () => ({ ...host('READY'), heldBack }) });
    expect(calls.find((call) => call.startsWith('read'))).not.toBe('read at 1');
    expect((await rows.eventsOf(deployment.id)).at(-1)?.message).toContain('throttled for 20 of 40 s');
  });

  test('gives the sessions of a deployment that slept back, and asks for none otherwise', async () => {
    const session = { id: 's', principal: 'a', protocolVersion: '2025-11-25', initialize: '{}', remembered: [] };
    const keep = () =>
      rows.prisma.keptSession.create({
        data: { deploymentId: deployment.id, machineId: 'old', sessionId: 's', session },
      });
    await keep();
    expect((await complete()).calls).not.toContain('carry');
    deployment = await rows.setDeployment(deployment.id, { status: 'ASLEEP', phase: 'HANDSHAKE', leaseOwner: 'me' });
    expect((await complete()).calls).toContain('carry');
    expect((await rows.machineOf(machine.id)).formerMachineIds).toEqual(['old']);
    expect(await rows.prisma.keptSession.count({ where: { deploymentId: deployment.id } })).toBe(0);
  });

  test('goes live although its host gives no status afterwards', async () => {
    expect((await complete({ status: fails('away') })).next).toEqual({ kind: 'again' });
    expect((await read()).status).toBe('RUNNING');
  });

  test('is not written by a worker that lost the row', async () => {
    expect((await complete({ leaseOwner: 'another' })).next).toEqual({ kind: 'superseded' });
    expect((await read()).status).toBe('DEPLOYING');
  });
});

describe('a handshake that fails', () => {
  test('has the reason of the host, if the host failed or the failure is a new one', async () => {
    for (const status of [
      { ...host('FAILED'), lastError: failed({ at: '2020-01-01T00:00:00Z' }) },
      { ...host('READY'), lastError: failed() },
    ]) {
      deployment = await rows.setDeployment(deployment.id, {
        status: 'DEPLOYING',
        phase: 'HANDSHAKE',
        leaseOwner: 'me',
      });
      const { next, calls } = await complete({ readSnapshot: fails('no'), status: async () => status });
      expect([next, calls]).toEqual([{ kind: 'again' }, ['resume', 'read at 1', 'logs', 'status']]);
      expect(await read()).toMatchObject({
        status: 'FAILED',
        failure: { code: 'MISSING_CREDENTIAL', message: 'KEY is missing.', stderrTail: ['boom'] },
      });
    }
  });

  test.each([
    ['nothing', null],
    ['an earlier failure', failed({ at: new Date(NOW.getTime() - 1).toISOString() })],
  ])('names the error itself where the host knows %s', async (_, lastError) => {
    await complete({ readSnapshot: fails('odd answer'), status: async () => ({ ...host('READY'), lastError }) });
    expect(await read()).toMatchObject({
      status: 'FAILED',
      failure: { code: 'NO_HANDSHAKE', message: 'The server did not complete the handshake: odd answer' },
    });
  });

  test('has the words of a server that answered with an error of its own, without its secrets', async () => {
    const refusal = new ServerRefusal('tools/list', new ProtocolError(-32603, `fetch failed with ${SECRET}`));
    await complete({ readSnapshot: () => Promise.reject(refusal) });
    const { failure } = await read();
    expect(failure).toMatchObject({
      code: 'SERVER_ERROR',
      message: expect.stringMatching(/^The server answered tools\/list with an error: fetch failed/),
      retryable: true,
    });
    expect(JSON.stringify(failure)).not.toContain(SECRET);
  });

  test.each(['INSTALLING', 'STOPPING'] as const)('is tried again while its host is %s', async (phase) => {
    const { next } = await complete({
      readSnapshot: fails('no'),
      status: async () => ({ ...host(phase), lastError: failed() }),
    });
    expect(next).toEqual({ kind: 'wait', checkAfterMs: 500 });
    expect((await read()).status).toBe('DEPLOYING');
  });

  test('is tried again while its host does not answer', async () => {
    const { next } = await complete({ readSnapshot: fails('no'), status: fails('away') });
    expect(next).toEqual({ kind: 'wait', checkAfterMs: 500 });
  });

  test('is not written by a worker that lost the row, and ends with its worker', async () => {
    const { next } = await complete({ readSnapshot: fails('no'), leaseOwner: 'another' });
    expect(next).toEqual({ kind: 'superseded' });
    const leaving = new AbortController();
    const readSnapshot = async () => {
      leaving.abort(new Error('leaving'));
      throw new Error('aborted');
    };
    await expect(complete({ readSnapshot, signal: leaving.signal })).rejects.toThrow('leaving');
    expect((await read()).status).toBe('DEPLOYING');
  });
});

test('a machine without an address is looked at again soon', async () => {
  machine = { ...machine, address: null };
  const { next, calls } = await complete();
  expect([next, calls]).toEqual([{ kind: 'wait', checkAfterMs: 100 }, []]);
});
