import { describe, expect, it } from 'vitest';
import type { HostFailure } from '#deploy/host/contract.ts';
import type { Deployment } from '#prisma/generated/client/client.ts';
import { decided, in_, machine, STARTED, UNKNOWN } from './decide.testing.ts';
import { ago, host, NOW, RUNNING, release } from './rows.testing.ts';
import { type MachineView, NO_STALLS, type Stalls } from './view.ts';

describe('the status of the host while it serves', () => {
  const failure = (code: HostFailure['code']): HostFailure => ({
    code,
    message: 'm',
    retryable: false,
    stderrTail: [],
    at: NOW.toISOString(),
  });

  it.each(['CRASHED', 'EXITED_AT_START', 'OUT_OF_MEMORY'] as const)(
    'a child that ended with %s is started again',
    (code) => {
      expect(decided(RUNNING, [machine(in_('started'), host('FAILED', failure(code)))]).kind).toBe('check-health');
    },
  );

  it.each(['CRASH_LOOP', 'MISSING_CREDENTIAL', 'DISK_FULL'] as const)('%s fails the release', (code) => {
    const failing = machine(in_('started'), host('FAILED', failure(code)));
    expect(decided(RUNNING, [failing])).toMatchObject({ kind: 'fail-release', code });
  });

  it.each(['INSTALLING', 'STARTING_SERVER'] as const)('%s means that the machine was restarted', (phase) => {
    expect(decided(RUNNING, [machine(in_('started'), host(phase))])).toMatchObject({ setback: { kind: 'ended' } });
  });
});

describe('ends of a machine', () => {
  const oom = in_('stopped', { code: 137, oom: true, at: ago(60_000) });

  it('from before this start do not count', () => {
    expect(decided({ phase: 'STARTING_MACHINE', phaseSince: NOW }, [machine(oom)]).kind).toBe('start-machine');
    expect(decided({ phase: 'STARTING_MACHINE', phaseSince: ago(90_000) }, [machine(oom)])).toMatchObject({
      code: 'OUT_OF_MEMORY',
    });
  });

  it('are a crash loop once the machine’s own restarts are used up', () => {
    const looping = machine(in_('stopped', { code: 1, restarts: 5 }));
    expect(decided(RUNNING, [looping])).toMatchObject({ kind: 'fail-release', code: 'CRASH_LOOP' });
    expect(decided(RUNNING, [machine(in_('stopped', { code: 0, restarts: 5 }))]).kind).toBe('enter-phase');
  });
});

describe('a machine that stalls', () => {
  const failing = { ...RUNNING, healthFailures: 2, lastHealthyAt: ago(90_000) } as const;
  const silent = machine(in_('started'), 'unreachable');
  const busy = machine(in_('started'), {
    ...host('READY'),
    children: [{ pid: 1, startedAt: '', rssBytes: null, sessions: 1, inFlight: 1, era: 'legacy' }],
  });
  const deaf = machine(in_('started'), {
    ...host('READY'),
    children: [{ pid: 1, startedAt: '', rssBytes: null, sessions: 1, inFlight: 0, era: 'legacy' }],
  });
  const remedy = (over: Partial<Deployment>, seen: MachineView, stalls: Stalls = NO_STALLS) => {
    const decision = decided({ ...failing, ...over }, [seen], release(), stalls);
    return decision.kind === 'check-health' ? decision.remedy : decision.kind;
  };

  it.each([
    ['at the third failed check', {}, silent, 'restart-machine'],
    ['not before', { healthFailures: 1 }, silent, null],
    [
      'when it has no server that could be started again',
      {},
      machine(in_('started'), host('READY')),
      'restart-machine',
    ],
    ['after its server, when that does not answer', {}, deaf, 'restart-server'],
    ['not while a client waits for its server', {}, busy, null],
    ['even then after ten minutes', { lastHealthyAt: ago(10 * 60_000) }, busy, 'restart-server'],
    ['not in an unknown state', {}, machine(UNKNOWN), null],
    [
      'not while its hardware cannot be reached',
      {},
      machine({ ...STARTED, hostUnreachable: true }, 'unreachable'),
      null,
    ],
  ] as const)('is restarted %s', (_when, over, seen, expected) => {
    expect(remedy(over, seen)).toBe(expected);
  });

  it.each([
    [1, 60_000],
    [2, 120_000],
    [3, 240_000],
    [9, 30 * 60_000],
  ])('after %i restarts waits %i ms for the next one', (count, pauseMs) => {
    const stalls = (ms: number): Stalls => ({ ...NO_STALLS, count, lastAt: ago(ms) });
    expect(remedy({}, silent, stalls(0))).toBeNull();
    expect(remedy({}, silent, stalls(pauseMs - 1))).toBeNull();
    expect(remedy({}, silent, stalls(pauseMs))).toBe('restart-machine');
  });

  it('is restarted when the last restart lies in the future: the clock was set back', () => {
    expect(remedy({}, silent, { ...NO_STALLS, count: 1, lastAt: ago(-3_600_000) })).toBe('restart-machine');
  });

  it('is restarted when starting its server again did not help', () => {
    expect(remedy({}, deaf, { ...NO_STALLS, serverRestarted: true })).toBe('restart-machine');
  });

  it('is left alone while most deployments fail their checks', () => {
    expect(remedy({}, silent, { ...NO_STALLS, isWidespread: true })).toBeNull();
  });
});
