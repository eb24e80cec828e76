import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { ABANDONED_CHECK_MS, UNREACHABLE_COMING_UP_MS_MAX, UNREACHABLE_MS_MAX } from './decide-abandon.ts';
import { freeMachineName, machineName } from './machine-names.ts';
import { ago, deployment, NOW, RUNNING, release, row } from './rows.testing.ts';
import { type MachineView, NO_STALLS, type ObservedMachine } from './view.ts';

const LOST: ObservedMachine = { kind: 'present', state: 'started', hostUnreachable: true, lastExit: null };
const BACK: ObservedMachine = { ...LOST, hostUnreachable: false };

const lostFor = (ms: number, observed: ObservedMachine = LOST): MachineView => ({
  row: row({ unreachableSince: ago(ms) }),
  observed,
  host: 'unreachable',
});
const abandoned = (observed: ObservedMachine): MachineView => ({
  row: row({ id: 'm0', machineId: 'fly0', abandonedAt: ago(1_000), destroyAt: ago(1_000) }),
  observed,
  host: null,
});
const decided = (over: Parameters<typeof deployment>[0], machines: MachineView[]) =>
  decide({ deployment: deployment(over), target: release(), machines, stalls: NO_STALLS }, NOW);

describe('a machine on lost hardware', () => {
  it.each([
    ['serves', RUNNING, UNREACHABLE_MS_MAX],
    ['comes up', { phase: 'INSTALLING' }, UNREACHABLE_COMING_UP_MS_MAX],
    ['is woken', { ...RUNNING, status: 'ASLEEP', phase: 'STARTING_MACHINE' }, UNREACHABLE_COMING_UP_MS_MAX],
  ] as const)('is abandoned when it %s and the time is over, and not before', (_what, over, limitMs) => {
    expect(decided(over, [lostFor(limitMs)]).kind).toBe('abandon-machine');
    expect(decided(over, [lostFor(limitMs - 1)]).kind).not.toBe('abandon-machine');
  });

  it('is abandoned at once for a restart', () => {
    expect(decided({ ...RUNNING, restartGeneration: 1 }, [lostFor(0)]).kind).toBe('abandon-machine');
  });

  it('is not abandoned when its hardware is back, or the machine is gone', () => {
    expect(decided(RUNNING, [lostFor(UNREACHABLE_MS_MAX, BACK)]).kind).toBe('check-health');
    const gone: ObservedMachine = { ...LOST, state: 'destroyed' };
    expect(decided(RUNNING, [lostFor(UNREACHABLE_MS_MAX, gone)]).kind).toBe('recreate-machine');
  });

  it('of an older release delays nothing', () => {
    const old: MachineView = { row: row({ id: 'm0', releaseId: 'r0' }), observed: LOST, host: null };
    const current: MachineView = { row: row(), observed: BACK, host: null };
    expect(decided(RUNNING, [old, current])).toMatchObject({ kind: 'check-health', machine: { id: 'm1' } });
  });
});

describe('an abandoned machine', () => {
  it('is not taken for the machine of its release', () => {
    expect(decided({}, [abandoned(LOST)]).kind).toBe('prepare-machine');
  });

  it('is destroyed as soon as its hardware is back, whatever the deployment is to do', () => {
    for (const over of [RUNNING, { status: 'STOPPED', desired: 'STOPPED' }, { status: 'FAILED' }] as const) {
      expect(decided(over, [abandoned(BACK)])).toMatchObject({ kind: 'destroy-machine', machine: { id: 'm0' } });
    }
  });

  it('is looked for again while the deployment rests', () => {
    const next = { kind: 'wait', checkAfterMs: ABANDONED_CHECK_MS };
    expect(decided({ status: 'STOPPED', desired: 'STOPPED' }, [abandoned(LOST)])).toEqual(next);
    expect(decided({ status: 'FAILED' }, [abandoned(LOST)])).toEqual(next);
  });

  it('holds up a deletion until it is destroyed', () => {
    const over = { status: 'DELETING', desired: 'DELETED' } as const;
    expect(decided(over, [abandoned(LOST)]).kind).toBe('destroy-machine');
    expect(decided(over, [abandoned({ kind: 'absent' })]).kind).toBe('forget-machine');
  });
});

it('names a machine beside others of its release', () => {
  const first = machineName('d1', 3);
  expect(freeMachineName('d1', 3, new Set())).toBe(first);
  expect(freeMachineName('d1', 3, new Set([first]))).toBe(`${first}-2`);
  expect(freeMachineName('d1', 3, new Set([first, `${first}-2`]))).toBe(`${first}-3`);
  expect(freeMachineName('d1', 3, new Set([`${first}-2`]))).toBe(first);
});
