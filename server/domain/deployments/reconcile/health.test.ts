import { describe, expect, test } from 'vitest';
import type { HostFailure, HostStatus } from '#deploy/host/contract.ts';
import { checkHealth } from './health.ts';
import { ago, host, NOW, RUNNING, release, row } from './rows.testing.ts';
import { type FakeStepOptions, fakeStep, view } from './step.testing.ts';

const LATER = { kind: 'wait', checkAfterMs: 30_000 };
const FAILURE: HostFailure = {
  code: 'CRASHED',
  message: 'The server ended.',
  retryable: true,
  stderrTail: ['Bye.'],
  at: NOW.toISOString(),
};
const child = (era: 'legacy' | 'modern') => ({
  pid: 1,
  startedAt: NOW.toISOString(),
  rssBytes: null,
  sessions: 0,
  inFlight: 0,
  era,
});
const noPing = { probe: { ping: () => Promise.reject(new Error('no answer')) } };

/** Checks a machine whose host was observed a moment ago. */
const check = async (options: FakeStepOptions = {}, status: Partial<HostStatus> = {}) => {
  const seen = view({ host: { ...host('READY'), ...status } });
  const fake = fakeStep({ deployment: RUNNING, machines: [seen], ...options });
  return { ...fake, next: await checkHealth(fake.step, row(), null) };
};

describe('a healthy machine', () => {
  test('is noted in its row without an event', async () => {
    const { next, writes, updates } = await check();
    expect(next).toEqual(LATER);
    expect(writes).toEqual([]);
    expect(updates).toEqual([
      {
        where: { id: 'd1', generation: 7, leaseOwner: 'me' },
        data: { healthFailures: 0, lastHealthyAt: NOW, observedGeneration: 1 },
      },
    ]);
  });

  test('makes an UNHEALTHY deployment RUNNING', async () => {
    const { next, writes } = await check({ deployment: { ...RUNNING, status: 'UNHEALTHY' } });
    expect(next).toEqual(LATER);
    expect(writes).toMatchObject([{ status: 'RUNNING', failure: null, message: 'Healthy again.' }]);
  });

  test('is checked again after the interval, give or take a tenth', async () => {
    expect((await check({ random: 0 })).next).toEqual({ kind: 'wait', checkAfterMs: 27_000 });
    expect((await check({ random: 1 })).next).toEqual({ kind: 'wait', checkAfterMs: 33_000 });
  });

  test('leaves the worker to a release on its way', async () => {
    const { next } = await check({ deployment: { ...RUNNING, currentReleaseId: 'r0' } });
    expect(next).toEqual({ kind: 'again' });
  });

  test('stops for a newer intent', async () => {
    expect((await check({ holdsRow: false })).next).toEqual({ kind: 'superseded' });
    const unhealthy = { ...RUNNING, status: 'UNHEALTHY' } as const;
    expect((await check({ holdsRow: false, deployment: unhealthy })).next).toEqual({ kind: 'superseded' });
  });

  test('that may sleep is resumed: a worker may have died while it suspended the machine', async () => {
    expect((await check()).calls).toEqual(['logs', 'ping']);
    const sleepy = { ...RUNNING, sleepAfterMinutes: 5 } as const;
    expect((await check({ deployment: sleepy })).calls).toEqual(['logs', 'resume', 'ping']);
  });
});

describe('a failed check', () => {
  test.each([0, 1])('after %i others is only counted', async (healthFailures) => {
    const { next, writes, updates } = await check({ ...noPing, deployment: { ...RUNNING, healthFailures } });
    expect(next).toEqual(LATER);
    expect(writes).toEqual([]);
    expect(updates).toMatchObject([{ data: { healthFailures: healthFailures + 1 } }]);
  });

  test('after two others makes the deployment UNHEALTHY', async () => {
    const { next, writes } = await check({ ...noPing, deployment: { ...RUNNING, healthFailures: 2 } });
    expect(next).toEqual(LATER);
    expect(writes).toMatchObject([
      {
        status: 'UNHEALTHY',
        message: 'The server does not answer a ping: no answer',
        failure: { code: 'MACHINE_UNREACHABLE', retryable: true },
        columns: { healthFailures: 3 },
      },
    ]);
  });

  test('of an UNHEALTHY deployment writes no further event', async () => {
    const unhealthy = { ...RUNNING, status: 'UNHEALTHY', healthFailures: 8 } as const;
    const { writes, updates } = await check({ ...noPing, deployment: unhealthy });
    expect(writes).toEqual([]);
    expect(updates).toMatchObject([{ data: { healthFailures: 9 } }]);
  });

  test.each([{ healthFailures: 0 }, { healthFailures: 2 }])('stops for a newer intent with %j', async (values) => {
    const { next } = await check({ ...noPing, holdsRow: false, deployment: { ...RUNNING, ...values } });
    expect(next).toEqual({ kind: 'superseded' });
  });

  test.each([true, false])('that a restart may remedy requests one, while it holds the row: %s', async (holdsRow) => {
    const { step, writes } = fakeStep({
      ...noPing,
      holdsRow,
      deployment: RUNNING,
      machines: [view({ host: host('READY') })],
    });
    const next = await checkHealth(step, row(), 'restart-machine');
    expect(next).toEqual({ kind: holdsRow ? 'again' : 'superseded' });
    expect(writes).toMatchObject([
      {
        status: 'UNHEALTHY',
        message: 'The server does not answer a ping: no answer Restarting the machine.',
        facts: { setback: 'stalled' },
        columns: { healthFailures: 1, restartGeneration: 7 },
      },
    ]);
  });
});

describe('a server that does not answer', () => {
  const restart = async (restartSilent: () => Promise<number>) => {
    const machines = [view({ host: host('READY') })];
    const fake = fakeStep({ ...noPing, hostClient: { restartSilent }, deployment: RUNNING, machines });
    const next = await checkHealth(fake.step, row(), 'restart-server');
    return { ...fake, next };
  };

  test('is started again by its host, and checked after the interval', async () => {
    const { next, writes, calls } = await restart(async () => 1);
    expect(calls).toContain('restart-silent');
    expect(next).toEqual(LATER);
    expect(writes).toMatchObject([
      {
        status: 'UNHEALTHY',
        message: expect.stringContaining('Starting the server again.'),
        facts: { setback: 'server-stalled' },
        columns: { healthFailures: 1 },
      },
    ]);
    expect(writes[0]?.columns).not.toHaveProperty('restartGeneration');
  });

  test.each<[string, () => Promise<number>]>([
    ['finds no silent process', async () => 0],
    ['is of an older version', () => Promise.reject(new Error('404'))],
  ])('leads to a restart of the machine when its host %s', async (_why, restartSilent) => {
    const { next, writes } = await restart(restartSilent);
    expect(next).toEqual({ kind: 'again' });
    expect(writes).toMatchObject([{ facts: { setback: 'stalled' }, columns: { restartGeneration: 7 } }]);
  });

  test('is not started again when it answers now', async () => {
    const machines = [view({ host: host('READY') })];
    const { step, calls } = fakeStep({ deployment: RUNNING, machines });
    await checkHealth(step, row(), 'restart-server');
    expect(calls).not.toContain('restart-silent');
  });
});

describe('the reason of a failed check', () => {
  const reasonOf = async (options: FakeStepOptions, machine: Parameters<typeof row>[0] = {}) => {
    const { step, writes } = fakeStep({ ...options, deployment: { ...RUNNING, healthFailures: 2 } });
    await checkHealth(step, row(machine), null);
    return writes[0]?.failure;
  };
  const started = { kind: 'present', state: 'started', hostUnreachable: false, lastExit: null } as const;

  test.each<[string, FakeStepOptions, Parameters<typeof row>[0], RegExp]>([
    [
      'an API that is away',
      { machines: [view({ observed: { kind: 'unknown', reason: 'away' } })] },
      {},
      /API does not answer: away/,
    ],
    [
      'hardware that is away',
      { machines: [view({ observed: { ...started, hostUnreachable: true } })] },
      {},
      /hardware/,
    ],
    [
      'a missing address',
      { machines: [view({ host: host('READY') })] },
      { address: null },
      /The machine does not answer/,
    ],
    ['a host that did not answer', { machines: [view({ host: 'unreachable' })] }, {}, /The machine does not answer/],
    [
      'a host that does not answer now',
      { hostClient: { status: () => Promise.reject(new Error('x')) } },
      {},
      /The machine does not answer/,
    ],
  ])('is %s', async (_what, options, machine, message) => {
    expect(await reasonOf(options, machine)).toMatchObject({
      code: 'MACHINE_UNREACHABLE',
      message: expect.stringMatching(message),
    });
  });

  test('is the latest error of the host, else the one from before the ping', async () => {
    const machines = [view({ host: host('READY', FAILURE) })];
    expect(await reasonOf({ ...noPing, machines })).toMatchObject({ code: 'CRASHED', stderrTail: ['Bye.'] });
    const silent = { status: () => Promise.reject(new Error('x')) };
    expect(await reasonOf({ ...noPing, machines, hostClient: silent })).toMatchObject({ code: 'CRASHED' });
    const newer = { status: async () => host('READY', { ...FAILURE, code: 'OUT_OF_MEMORY' as const }) };
    expect(await reasonOf({ ...noPing, machines, hostClient: newer })).toMatchObject({
      code: 'OUT_OF_MEMORY',
      proposal: { memoryMb: 512 },
    });
  });

  test('proposes settings from the release of the machine, not from the one on its way', async () => {
    const machines = [view({ host: host('READY', { ...FAILURE, code: 'OUT_OF_MEMORY' }) }, { releaseId: 'r0' })];
    const target = { ...release(), memoryMb: 1_024 };
    expect(await reasonOf({ ...noPing, machines, target }, { releaseId: 'r0' })).toMatchObject({
      proposal: { memoryMb: 512 },
    });
    expect(await reasonOf({ ...noPing, machines, target })).toMatchObject({ proposal: { memoryMb: 2_048 } });
  });

  test.each(['status', 'resume', 'ping'] as const)('is not sought once the worker leaves during %s', async (call) => {
    const leaving = async (): Promise<never> => {
      fake.leave();
      throw new Error('aborted');
    };
    const fake = fakeStep({
      deployment: { ...RUNNING, sleepAfterMinutes: 5 },
      ...(call === 'ping' ? { probe: { ping: leaving } } : { hostClient: { [call]: leaving } }),
    });
    await expect(checkHealth(fake.step, row(), null)).rejects.toThrow('leaving');
  });
});

describe('the ping', () => {
  const pings = async (status: Partial<HostStatus>, options: FakeStepOptions = {}) => {
    const eras: string[] = [];
    const ping = async (_target: unknown, era: string) => {
      eras.push(era);
    };
    await check({ ...options, probe: { ping } }, status);
    return eras;
  };
  const perSession = { ...release(), isolation: 'PER_SESSION' } as const;

  test.each<[string, Partial<HostStatus>, FakeStepOptions, string[]]>([
    ['a server of the modern era', { era: 'modern' }, {}, ['modern']],
    ['a server of both eras', { era: 'dual' }, {}, ['legacy']],
    ['a running legacy child', { era: 'modern', children: [child('modern'), child('legacy')] }, {}, ['legacy']],
    ['a running modern child', { children: [child('modern')] }, {}, ['modern']],
    [
      'a host that is not ready',
      { phase: 'STARTING_SERVER', era: 'modern', children: [child('legacy')] },
      {},
      ['modern'],
    ],
    ['a child that answered a call just now', { lastAnswerAt: ago(29_999).toISOString() }, {}, []],
    [
      'a child whose last answer lies ahead of a clock that was set',
      { lastAnswerAt: ago(-3_600_000).toISOString() },
      {},
      ['legacy'],
    ],
    ['a child that answered a call before the interval', { lastAnswerAt: ago(30_000).toISOString() }, {}, ['legacy']],
    ['a server without a child, with one per session', {}, { target: perSession, random: 0.05 }, []],
    ['a server without a child, once in a while', {}, { target: perSession, random: 0.0499 }, ['legacy']],
  ])('for %s', async (_what, status, options, expected) => {
    expect(await pings(status, options)).toEqual(expected);
  });
});

test('sends the header of the machine where machines are reached through Fly’s proxy', async () => {
  const targets: unknown[] = [];
  const ping = async (target: unknown) => {
    targets.push(target);
  };
  await check({ addressMode: 'fly-proxy', probe: { ping } });
  await check({ addressMode: '6pn', probe: { ping } });
  const host = { origin: 'http://127.0.0.1:1', token: 'open t' };
  expect(targets).toMatchObject([{ ...host, headers: { 'fly-force-instance-id': 'fly1' } }, host]);
  expect(targets[1]).not.toHaveProperty(['headers', 'fly-force-instance-id']);
});

test('goes on when the log cannot be read', async () => {
  const { next } = await check({ logs: () => Promise.reject(new Error('away')) });
  expect(next).toEqual(LATER);
});
