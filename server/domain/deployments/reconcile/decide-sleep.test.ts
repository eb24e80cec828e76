import { describe, expect, it } from 'vitest';
import type { HostStatus } from '#deploy/host/contract.ts';
import { ABSENT, decided, in_, machine, UNKNOWN } from './decide.testing.ts';
import { ago, host, NOW, RUNNING, release } from './rows.testing.ts';

describe('sleep', () => {
  const sleepy = { ...RUNNING, sleepAfterMinutes: 5, phaseSince: ago(5 * 60_000) } as const;
  const ready = host('READY');
  const awake = (status: HostStatus = ready) => machine(in_('started'), status);

  it.each([
    ['without a call for long enough', {}, awake(), 'fall-asleep'],
    ['called a moment ago', { lastUsedAt: ago(60_000) }, awake(), 'check-health'],
    ['only just running', { phaseSince: ago(60_000) }, awake(), 'check-health'],
    ['with an open stream', {}, awake({ ...ready, openStreams: 1 }), 'check-health'],
    ['with a stream that only listens', {}, awake({ ...ready, openStreams: 1, work: 0 }), 'fall-asleep'],
    ['at work', {}, awake({ ...ready, openStreams: 1, work: 1 }), 'check-health'],
    [
      'under a listening stream with the switch off',
      { answersWhileAsleep: false },
      awake({ ...ready, openStreams: 1, work: 0 }),
      'check-health',
    ],
    ['unhealthy', { status: 'UNHEALTHY' }, awake(), 'check-health'],
    ['with sleep turned off', { sleepAfterMinutes: null }, awake(), 'check-health'],
  ] as const)('%s → %4$s', (_name, over, seen, kind) => {
    expect(decided({ ...sleepy, ...over }, [seen]).kind).toBe(kind);
  });

  it('stays awake while an older machine serves its sessions', () => {
    const draining = machine(in_('started'), null, { id: 'm0', releaseId: 'r0', drainingAt: ago(1) });
    expect(decided(sleepy, [draining, awake()]).kind).toBe('check-health');
  });

  it.each([
    ['started', in_('started'), 'suspend-machine'],
    ['suspending', in_('suspending'), 'wait'],
    ['suspended', in_('suspended'), 'rest'],
    ['stopped', in_('stopped'), 'rest'],
    ['lost', ABSENT, 'rest'],
    ['in an unknown state', UNKNOWN, 'wait-for-api'],
  ] as const)('ASLEEP and %s → %3$s', (_name, observed, kind) => {
    expect(decided({ ...sleepy, status: 'ASLEEP' }, [machine(observed)]).kind).toBe(kind);
  });

  it.each([
    ['is being destroyed', in_('destroying'), 'wait'],
    ['may exist', UNKNOWN, 'wait-for-api'],
    ['is on hardware out of reach', { ...in_('started'), hostUnreachable: true }, 'destroy-machine'],
  ] as const)('ASLEEP, and the machine of a release that failed %s → %3$s, no rest', (_name, observed, kind) => {
    const failed = machine(observed, null, { id: 'm0', releaseId: 'r0', destroyAt: ago(1) });
    expect(decided({ ...sleepy, status: 'ASLEEP' }, [machine(in_('suspended')), failed]).kind).toBe(kind);
  });

  it('wakes up when sleep is turned off', () => {
    const asleep = { ...sleepy, status: 'ASLEEP', sleepAfterMinutes: null } as const;
    expect(decided(asleep, [machine(in_('suspended'))])).toEqual({ kind: 'enter-phase', phase: 'STARTING_MACHINE' });
  });

  it.each([
    ['suspended', machine(in_('suspended')), 'start-machine'],
    ['still suspending', machine(in_('suspending')), 'wait'],
    ['started, with its memory', awake(), 'finish-wake'],
    ['started cold', machine(in_('started'), host('INSTALLING')), 'enter-phase'],
    ['lost', machine(ABSENT), 'recreate-machine'],
  ] as const)('waking and %s → %3$s', (_name, seen, kind) => {
    const waking = { ...sleepy, status: 'ASLEEP', phase: 'STARTING_MACHINE', phaseSince: NOW } as const;
    expect(decided(waking, [seen]).kind).toBe(kind);
  });

  it('a new release of a sleeping deployment needs a handshake like any other', () => {
    const rolling = { ...sleepy, status: 'ASLEEP', targetReleaseId: 'r2', phase: 'STARTING_MACHINE' } as const;
    const next = machine(in_('started'), ready, { id: 'm2', releaseId: 'r2' });
    const step = decided(rolling, [machine(in_('suspended')), next], release('r2'));
    expect(step).toEqual({ kind: 'enter-phase', phase: 'STARTING_SERVER' });
  });
});
