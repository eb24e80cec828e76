import { describe, expect, test } from 'vitest';
import type { HostStatus, KeptSession } from '#deploy/host/contract.ts';
import { fallAsleep, finishWake, suspendMachine, wakeCurrent } from './act-sleep.ts';
import { ago, host, NOW, release, row } from './rows.testing.ts';
import { fakeStep, machinesError } from './step.testing.ts';

const SLEEPY = { status: 'RUNNING', phase: null, currentReleaseId: 'r1', sleepAfterMinutes: 5 } as const;
const hostOf = (era: HostStatus['era']) => ({ status: async () => ({ ...host('READY'), era }) });

describe('falling asleep', () => {
  test('is written before the machine sleeps, once its host accepts no more calls', async () => {
    const { step, calls, writes } = fakeStep({ deployment: SLEEPY });
    expect(await fallAsleep(step, row())).toEqual({ kind: 'again' });
    expect(calls).toEqual(['logs', 'quiesce']);
    expect(writes).toEqual([
      {
        status: 'ASLEEP',
        message: 'Asleep after 5 minutes without a call.',
        columns: { observedGeneration: 7, healthFailures: 0 },
      },
    ]);
  });

  test('names one minute in the singular', async () => {
    const { step, writes } = fakeStep({ deployment: { ...SLEEPY, sleepAfterMinutes: 1 } });
    await fallAsleep(step, row());
    expect(writes[0]?.message).toBe('Asleep after 1 minute without a call.');
  });

  test.each<[string, Parameters<typeof fakeStep>[0], Parameters<typeof row>[0]]>([
    ['its host is busy', { hostClient: { quiesce: async () => ({ quiesced: false, reason: 'A call is open.' }) } }, {}],
    ['its host does not answer', { hostClient: { quiesce: () => Promise.reject(new Error('away')) } }, {}],
    ['its address is not known', {}, { address: null }],
    ['it has no release', { target: null }, {}],
  ])('is put off while %s: its health is checked instead', async (_why, options, machine) => {
    const { step, writes, updates } = fakeStep({ deployment: SLEEPY, ...options });
    expect(await fallAsleep(step, row(machine))).toMatchObject({ kind: 'wait' });
    expect(writes).toEqual([]);
    expect(updates).toHaveLength(1);
  });

  test('is taken back when a newer intent has the row', async () => {
    const { step, calls } = fakeStep({ deployment: SLEEPY, holdsRow: false });
    expect(await fallAsleep(step, row())).toEqual({ kind: 'superseded' });
    expect(calls).toEqual(['logs', 'quiesce', 'resume']);
  });

  test('keeps the sessions of its host, in place of those of an earlier sleep', async () => {
    const session = { id: 's', principal: 'a', protocolVersion: '2025-11-25', initialize: '{}', remembered: [] };
    const quiesced: unknown[] = [];
    const { step, updates } = fakeStep({
      deployment: SLEEPY,
      hostClient: {
        quiesce: async (_target, parked) => {
          quiesced.push(parked);
          return { quiesced: true, sessions: [session as KeptSession] };
        },
      },
    });
    await fallAsleep(step, row({ machineId: 'm' }));
    expect(quiesced).toEqual([true]);
    expect(updates).toMatchObject([
      { where: { deploymentId: row().deploymentId } },
      { data: [{ machineId: 'm', sessionId: 's', session }] },
    ]);
  });

  test('leaves the decision about streams that only listen to the switch', async () => {
    const quiesced: unknown[] = [];
    const quiesce = async (_target: unknown, parked: boolean) => {
      quiesced.push(parked);
      return { quiesced: true } as const;
    };
    const { step } = fakeStep({ deployment: { ...SLEEPY, answersWhileAsleep: false }, hostClient: { quiesce } });
    await fallAsleep(step, row());
    expect(quiesced).toEqual([false]);
  });

  test('ends with the worker', async () => {
    const { step, leave } = fakeStep({
      deployment: SLEEPY,
      hostClient: {
        quiesce: async () => {
          leave();
          throw new Error('aborted');
        },
      },
    });
    await expect(fallAsleep(step, row())).rejects.toThrow('leaving');
  });
});

describe('suspending a machine', () => {
  const sized = (memoryMb: number) => ({ ...release(), memoryMb });

  test.each([
    [2_048, 'suspend'],
    [2_049, 'stop'],
  ])('of %i MB is done by %s', async (memoryMb, call) => {
    const { step, calls } = fakeStep({ target: sized(memoryMb) });
    expect(await suspendMachine(step, row())).toEqual({ kind: 'wait', checkAfterMs: 100 });
    expect(calls).toEqual([call]);
  });

  test.each([
    ['precondition', { kind: 'wait', checkAfterMs: 500 }, ['suspend']],
    ['unavailable', { kind: 'retry', reason: 'It is unavailable.' }, ['suspend']],
    ['invalid', { kind: 'wait', checkAfterMs: 100 }, ['suspend', 'stop']],
  ] as const)('that is refused as %s continues with %j', async (kind, next, expected) => {
    const { step, calls } = fakeStep({ machinesClient: { suspend: () => Promise.reject(machinesError(kind)) } });
    expect(await suspendMachine(step, row())).toEqual(next);
    expect(calls).toEqual(expected);
  });

  test('passes an unexpected error on, and looks again at a row without a machine', async () => {
    const { step } = fakeStep({ machinesClient: { suspend: () => Promise.reject(new TypeError('x')) } });
    await expect(suspendMachine(step, row())).rejects.toThrow(TypeError);
    expect(await suspendMachine(step, row({ machineId: null }))).toEqual({ kind: 'again' });
  });
});

describe('sessions that were kept', () => {
  const session = { id: 's1', principal: 'a', protocolVersion: '2025-11-25', initialize: '{}', remembered: [] };
  const kept = [{ id: 'k1', machineId: 'old', session }];

  test('are given to the machine that wakes up, which then answers for the machine that they name', async () => {
    const given: unknown[] = [];
    const carrySessions = async (_target: unknown, sessions: readonly KeptSession[]) => void given.push(...sessions);
    const { step, updates, writes } = fakeStep({ keptSessions: kept, hostClient: { carrySessions } });
    await finishWake(step, row({ machineId: 'new' }));
    expect(given).toEqual([session]);
    expect(updates).toMatchObject([{ data: { formerMachineIds: ['old'] } }, { where: { id: { in: ['k1'] } } }]);
    expect(writes).toMatchObject([{ status: 'RUNNING' }]);
  });

  test('are with the machine before calls are sent to it', async () => {
    const arrived = Promise.withResolvers<void>();
    const { step, writes } = fakeStep({ keptSessions: kept, hostClient: { carrySessions: () => arrived.promise } });
    const woken = finishWake(step, row({ machineId: 'new' }));
    await new Promise((resolve) => setImmediate(resolve));
    expect(writes).toEqual([]);
    arrived.resolve();
    await woken;
    expect(writes).toMatchObject([{ status: 'RUNNING' }]);
  });

  test('are not given to a machine when their row does not parse', async () => {
    const given: unknown[] = [];
    const carrySessions = async (_target: unknown, sessions: readonly KeptSession[]) => void given.push(...sessions);
    const unreadable = { id: 'k2', machineId: 'old', session: { id: 's2' } };
    const { step, updates } = fakeStep({ keptSessions: [...kept, unreadable], hostClient: { carrySessions } });
    await finishWake(step, row({ machineId: 'new' }));
    expect(given).toEqual([session]);
    expect(updates).toMatchObject([{}, { where: { id: { in: ['k1', 'k2'] } } }]);
  });

  test('are lost with a host that does not take them, and the machine serves', async () => {
    const carrySessions = () => Promise.reject(new Error('404'));
    const { step, updates, writes } = fakeStep({ keptSessions: kept, hostClient: { carrySessions } });
    await finishWake(step, row({ machineId: 'new' }));
    expect(updates).toEqual([]);
    expect(writes).toMatchObject([{ status: 'RUNNING' }]);
  });
});

describe('finishing a wake', () => {
  const WAKING = { ...SLEEPY, status: 'ASLEEP', phase: 'STARTING_MACHINE', phaseSince: ago(1_500) } as const;

  test('makes the deployment RUNNING after an answer, with the time that it took', async () => {
    const { step, calls, writes } = fakeStep({ deployment: WAKING });
    expect(await finishWake(step, row())).toEqual({ kind: 'wait', checkAfterMs: 30_000 });
    expect(calls).toEqual(['resume']);
    expect(writes).toEqual([
      {
        status: 'RUNNING',
        phase: null,
        failure: null,
        message: 'Awake after 1.5 s.',
        facts: { wakeMs: 1_500 },
        columns: {
          observedGeneration: 7,
          healthFailures: 0,
          lastHealthyAt: NOW,
          lastWokenAt: NOW,
          lastWakeMs: 1_500,
          restartGeneration: null,
        },
      },
    ]);
  });

  test.each([
    ['modern', 'modern'],
    ['dual', 'legacy'],
    [null, 'legacy'],
  ] as const)('pings a server of the era %s with the protocol %s', async (era, expected) => {
    const eras: string[] = [];
    const ping = async (_target: unknown, used: string) => {
      eras.push(used);
    };
    const hostClient = { ...hostOf(era), resumeAndAsk: async () => null }; // no process runs
    const { step } = fakeStep({ deployment: WAKING, hostClient, probe: { ping } });
    await finishWake(step, row());
    expect(eras).toEqual([expected]);
  });

  test.each<[string, Parameters<typeof fakeStep>[0]]>([
    ['a process', { hostClient: { resumeAndAsk: async () => false } }],
    ['the host', { hostClient: { resumeAndAsk: () => Promise.reject(new Error('away')) } }],
    [
      'a new process',
      { hostClient: { resumeAndAsk: async () => null }, probe: { ping: () => Promise.reject(new Error('away')) } },
    ],
  ])('begins a handshake when %s does not answer', async (_which, failing) => {
    const { step, writes } = fakeStep({ deployment: WAKING, ...failing });
    expect(await finishWake(step, row())).toEqual({ kind: 'again' });
    expect(writes).toMatchObject([{ phase: 'HANDSHAKE' }]);
    const { step: superseded } = fakeStep({ deployment: WAKING, ...failing, holdsRow: false });
    expect(await finishWake(superseded, row())).toEqual({ kind: 'superseded' });
  });

  test('waits for an address, and stops for a newer intent', async () => {
    expect(await finishWake(fakeStep({ deployment: WAKING }).step, row({ address: null }))).toEqual({
      kind: 'wait',
      checkAfterMs: 100,
    });
    const { step } = fakeStep({ deployment: { ...WAKING, phaseSince: null }, holdsRow: false });
    expect(await finishWake(step, row())).toEqual({ kind: 'superseded' });
  });
});

describe('waking the sleeping release during a rollout', () => {
  const ROLLING = { ...SLEEPY, status: 'ASLEEP', phase: 'INSTALLING', wakeAskedAt: ago(800) } as const;
  const GIVEN_UP = [
    { message: expect.stringMatching(/^Waking at once was not possible/), columns: { wakeAskedAt: null } },
  ];

  test('starts a suspended machine', async () => {
    const { step, calls } = fakeStep({ deployment: ROLLING });
    expect(await wakeCurrent(step, row(), 'suspended')).toMatchObject({ kind: 'wait', until: expect.any(Function) });
    expect(calls).toEqual(['start']);
  });

  test('makes the deployment RUNNING once the started machine answers', async () => {
    const { step, calls, writes } = fakeStep({ deployment: ROLLING });
    expect(await wakeCurrent(step, row(), 'started')).toEqual({ kind: 'again' });
    expect(calls).toEqual(['resume']);
    expect(writes).toEqual([
      {
        status: 'RUNNING',
        message: 'Awake after 800 ms. The next release is on its way.',
        facts: { wakeMs: 800 },
        columns: { wakeAskedAt: null, lastWokenAt: NOW, lastWakeMs: 800, lastHealthyAt: NOW, healthFailures: 0 },
      },
    ]);
  });

  test.each<[string, Parameters<typeof fakeStep>[0], Parameters<typeof row>[0], string]>([
    ['without a machine', {}, { machineId: null }, 'started'],
    ['without an address', {}, { address: null }, 'started'],
    ['in another state', {}, {}, 'stopped'],
    ['that cannot be started', { machinesClient: { start: () => Promise.reject(new Error('x')) } }, {}, 'suspended'],
    ['that does not answer', { hostClient: { resumeAndAsk: async () => false } }, {}, 'started'],
  ])('gives up a machine %s', async (_which, options, machine, state) => {
    const { step, writes } = fakeStep({ deployment: ROLLING, ...options });
    expect(await wakeCurrent(step, row(machine), state)).toEqual({ kind: 'again' });
    expect(writes).toEqual(GIVEN_UP);
  });

  test('stops for a newer intent', async () => {
    const { step } = fakeStep({ deployment: ROLLING, holdsRow: false });
    expect(await wakeCurrent(step, row(), 'started')).toEqual({ kind: 'superseded' });
    expect(await wakeCurrent(step, row(), 'stopped')).toEqual({ kind: 'superseded' });
  });
});
