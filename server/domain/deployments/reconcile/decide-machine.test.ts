import { describe, expect, it } from 'vitest';
import type { HostFailure, HostFailureCode } from '#deploy/host/contract.ts';
import { ABSENT, decided, in_, machine, UNKNOWN } from './decide.testing.ts';
import { PHASE_MS_MAX } from './decision.ts';
import { ago, host, NOW, RUNNING, release } from './rows.testing.ts';

const STARTING = { phase: 'STARTING_MACHINE' } as const;
const failure = (code: HostFailureCode): HostFailure => ({
  code,
  message: 'm',
  retryable: true,
  stderrTail: [],
  at: NOW.toISOString(),
});

describe('the time limit of a phase', () => {
  it.each([
    ['QUEUED', 600_000],
    ['CREATING_MACHINE', 300_000],
    ['STARTING_MACHINE', 300_000],
    ['INSTALLING', 900_000],
    ['STARTING_SERVER', 120_000],
    ['HANDSHAKE', 120_000],
  ] as const)('%s lasts %i ms at most', (phase, ms) => {
    expect(PHASE_MS_MAX[phase]).toBe(ms);
    const kindAfter = (past: number) => decided({ phase, phaseSince: ago(past) }, [machine(UNKNOWN)]).kind;
    expect([kindAfter(ms), kindAfter(ms + 1)]).toEqual(['wait-for-api', 'fail-release']);
  });

  it('is longer where a slow processor does the work, and nowhere else', () => {
    const slow = { ...release(), processor: 'shared-cpu-1x' };
    const kindAfter = (phase: 'INSTALLING' | 'STARTING_MACHINE', ms: number, target = slow) =>
      decided({ phase, phaseSince: ago(ms) }, [machine(UNKNOWN)], target).kind;
    expect(kindAfter('INSTALLING', PHASE_MS_MAX.INSTALLING + 1)).toBe('wait-for-api');
    expect(kindAfter('STARTING_MACHINE', PHASE_MS_MAX.STARTING_MACHINE + 1)).toBe('fail-release');
    expect(kindAfter('INSTALLING', PHASE_MS_MAX.INSTALLING + 1, { ...slow, region: 'local' })).toBe('fail-release');
  });

  it('is not over while it is unknown when the phase began', () => {
    expect(decided({ ...STARTING, phaseSince: null }, [machine(UNKNOWN)]).kind).toBe('wait-for-api');
  });
});

describe('a release on its way', () => {
  const overdue = { phaseSince: ago(PHASE_MS_MAX.INSTALLING + 1) };

  it.each([
    ['cannot be reached', STARTING, UNKNOWN, 'MACHINE_UNREACHABLE', 'the API is away'],
    ['is moving', STARTING, in_('starting'), 'MACHINE_START_TIMEOUT', 'The machine has been starting for too long.'],
    ['is stopped', STARTING, in_('stopped'), 'MACHINE_START_TIMEOUT', 'The machine is stopped and does not start.'],
    [
      'ended',
      STARTING,
      in_('stopped', { code: 3 }),
      'MACHINE_START_TIMEOUT',
      'The machine is stopped and does not start; it ended with exit code 3.',
    ],
    ['failed', STARTING, in_('failed'), 'MACHINE_START_TIMEOUT', 'The machine did not start.'],
  ] as const)('fails when its machine %s for too long', (_, over, observed, code, detail) => {
    expect(decided({ ...over, ...overdue }, [machine(observed)])).toMatchObject({
      kind: 'fail-release',
      code,
      detail,
      machine: { id: 'm1' },
    });
  });

  it('fails when its machine could not be created in time, and not before it was tried', () => {
    const none = machine(ABSENT, null, { machineId: null });
    expect(decided({ phase: 'CREATING_MACHINE', ...overdue }, [none])).toMatchObject({
      kind: 'fail-release',
      code: 'MACHINE_START_TIMEOUT',
      detail: 'The machine could not be created in time.',
    });
    expect(decided({ phase: 'QUEUED', ...overdue }, [none])).toEqual({
      kind: 'enter-phase',
      phase: 'CREATING_MACHINE',
    });
  });

  it.each([
    ['stopping', 'MACHINE_START_TIMEOUT', 'The machine has been stopping for too long.', host('STOPPING')],
    ['installing', 'INSTALL_FAILED', 'The installation took too long.', host('INSTALLING')],
    [
      'silent',
      'MACHINE_UNREACHABLE',
      'The machine started, but the host inside it does not answer.',
      'unreachable' as const,
    ],
    ['not asked', 'MACHINE_UNREACHABLE', 'The machine started, but the host inside it does not answer.', null],
  ])('fails when its host is %s for too long', (_, code, detail, seen) => {
    expect(decided({ phase: 'INSTALLING', ...overdue }, [machine(in_('started'), seen)])).toMatchObject({
      kind: 'fail-release',
      code,
      detail,
      machine: { id: 'm1' },
    });
  });

  it('fails when a ready host does not complete its handshake in time, with what the host says', () => {
    const ready = host('READY');
    expect(decided({ phase: 'HANDSHAKE', ...overdue }, [machine(in_('started'), ready)])).toMatchObject({
      kind: 'fail-release',
      code: 'HANDSHAKE_TIMEOUT',
      detail: null,
      host: ready,
    });
  });

  it('fails with INTERNAL when its host failed without a reason', () => {
    expect(decided({ phase: 'INSTALLING' }, [machine(in_('started'), host('FAILED'))])).toMatchObject({
      kind: 'fail-release',
      code: 'INTERNAL',
      detail: 'The host failed without a reason.',
    });
  });

  it('waits for a machine that was created and does not start for 150 s, and then makes another one', () => {
    const kindAt = (ms: number) => decided({ ...STARTING, phaseSince: ago(ms) }, [machine(in_('created'))]).kind;
    expect([kindAt(150_000), kindAt(150_001)]).toEqual(['wait', 'destroy-machine']);
    expect(decided({ ...STARTING, phaseSince: null }, [machine(in_('created'))])).toEqual({
      kind: 'wait',
      checkAfterMs: 100,
    });
  });

  it.each(['QUEUED', 'CREATING_MACHINE'] as const)('in %s goes on to the start of its machine', (phase) => {
    const next = { kind: 'enter-phase', phase: 'STARTING_MACHINE' };
    expect(decided({ phase }, [machine(in_('created'))])).toEqual(next);
    expect(decided({ phase }, [machine(in_('started'), host('READY'))])).toEqual(next);
  });

  it.each(['STARTING_MACHINE', 'INSTALLING'] as const)('in %s goes on to the start of its server', (phase) => {
    for (const seen of [host('READY'), host('STARTING_SERVER')])
      expect(decided({ phase }, [machine(in_('started'), seen)])).toEqual({
        kind: 'enter-phase',
        phase: 'STARTING_SERVER',
      });
  });

  it('waits for a machine that is being destroyed, and replaces one that was replaced', () => {
    expect(decided(STARTING, [machine(in_('destroying'))])).toEqual({ kind: 'wait', checkAfterMs: 100 });
    expect(decided(STARTING, [machine(in_('replaced'))]).kind).toBe('recreate-machine');
  });
});

describe('a machine that ended by itself', () => {
  it('is a crash loop after five restarts of its own, with its exit code', () => {
    const ended = (restarts: number, code = 3) => decided(STARTING, [machine(in_('stopped', { code, restarts }))]);
    expect(ended(4).kind).toBe('start-machine');
    expect(ended(5)).toMatchObject({
      kind: 'fail-release',
      code: 'CRASH_LOOP',
      detail: 'The machine ended 6 times in a row; it ended with exit code 3.',
    });
    expect(ended(5, 0).kind).toBe('start-machine');
  });

  it('ran out of memory, with what its host says', () => {
    const seen = host('READY');
    const killed = machine(in_('stopped', { code: 137, oom: true }), seen);
    expect(decided(STARTING, [killed])).toMatchObject({ code: 'OUT_OF_MEMORY', detail: null, host: seen });
    const silent = machine(in_('stopped', { code: 137, oom: true }), 'unreachable');
    expect(decided(STARTING, [silent])).toMatchObject({ code: 'OUT_OF_MEMORY', host: null });
  });

  it('counts an exit from the moment on in which the start was requested', () => {
    const at = (exit: Date) =>
      decided({ ...STARTING, phaseSince: NOW }, [machine(in_('stopped', { code: 1, oom: true, at: exit }))]).kind;
    expect([at(ago(1)), at(NOW)]).toEqual(['start-machine', 'fail-release']);
  });

  it.each(['stopping', 'suspending', 'restarting', 'migrating'])('while it served is down in state %s', (state) => {
    expect(decided(RUNNING, [machine(in_(state, { code: 2 }))])).toMatchObject({
      kind: 'enter-phase',
      phase: 'STARTING_MACHINE',
      setback: { kind: 'ended', exit: { code: 2 } },
    });
  });

  it('is down after it was stopped or suspended, with its exit', () => {
    for (const state of ['stopped', 'suspended'])
      expect(decided(RUNNING, [machine(in_(state, { code: 2 }))])).toMatchObject({
        kind: 'enter-phase',
        setback: { kind: 'ended', exit: { code: 2 } },
      });
  });
});

describe('a machine that serves', () => {
  it.each(['migrated', 'unknown', 'x'])('in state %s is checked, because that proves nothing', (state) => {
    expect(decided(RUNNING, [machine(in_(state))])).toMatchObject({ kind: 'check-health', remedy: null });
  });

  it.each(['INSTALLING', 'STARTING_SERVER'] as const)('whose host is %s went down in between', (phase) => {
    expect(decided(RUNNING, [machine(in_('started', { code: 9 }), host(phase))])).toMatchObject({
      kind: 'enter-phase',
      phase: 'STARTING_MACHINE',
      setback: { kind: 'ended', exit: { code: 9 } },
    });
  });

  it('whose host stops is looked at again after half a second', () => {
    expect(decided(RUNNING, [machine(in_('started'), host('STOPPING'))])).toEqual({ kind: 'wait', checkAfterMs: 500 });
  });

  it.each(['CRASHED', 'EXITED_AT_START', 'HANDSHAKE_TIMEOUT', 'NO_HANDSHAKE', 'OUT_OF_MEMORY'] as const)(
    'whose server failed with %s is checked, because a call starts it again',
    (code) => {
      expect(decided(RUNNING, [machine(in_('started'), host('FAILED', failure(code)))]).kind).toBe('check-health');
    },
  );

  it.each(['CRASH_LOOP', 'MISSING_CREDENTIAL', 'INSTALL_FAILED'] as const)(
    'whose server failed with %s is given up',
    (code) => {
      expect(decided(RUNNING, [machine(in_('started'), host('FAILED', failure(code)))])).toMatchObject({
        kind: 'fail-release',
        code,
        detail: null,
      });
    },
  );

  it('after a restart on request comes up without a setback', () => {
    const restarting = { ...RUNNING, restartGeneration: 2 } as const;
    expect(decided(restarting, [machine(in_('stopped', { code: 0 }))])).toEqual({
      kind: 'enter-phase',
      phase: 'STARTING_MACHINE',
    });
  });
});

describe('a machine that wakes', () => {
  const WAKING = { ...RUNNING, status: 'ASLEEP', phase: 'STARTING_MACHINE' } as const;

  it('is awake once its host is ready with its memory', () => {
    expect(decided(WAKING, [machine(in_('started'), host('READY'))]).kind).toBe('finish-wake');
  });

  it('needs a handshake when it started cold', () => {
    const next = { kind: 'enter-phase', phase: 'STARTING_SERVER' };
    expect(decided(WAKING, [machine(in_('started'), host('STARTING_SERVER'))])).toEqual(next);
    expect(decided({ ...WAKING, phase: 'INSTALLING' }, [machine(in_('started'), host('READY'))])).toEqual(next);
    expect(decided({ ...WAKING, phase: 'HANDSHAKE' }, [machine(in_('started'), host('READY'))]).kind).toBe('handshake');
  });
});
