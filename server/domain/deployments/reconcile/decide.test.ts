import { describe, expect, it } from 'vitest';
import type { HostFailure } from '#deploy/host/contract.ts';
import type { Deployment } from '#prisma/generated/client/client.ts';
import { ABSENT, decided, in_, machine, UNKNOWN } from './decide.testing.ts';
import { DRAIN_MS, HEALTH_INTERVAL_MS, LINGERING_MS, PHASE_MS_MAX } from './decision.ts';
import { ago, host, NOW, RUNNING, release } from './rows.testing.ts';
import type { MachineView, ObservedMachine } from './view.ts';

describe('on the way to RUNNING', () => {
  it.each([
    ['without a row', {}, [], 'prepare-machine'],
    ['with a row, queued', {}, [machine(ABSENT, null, { machineId: null })], 'enter-phase'],
    ['with a row', { phase: 'CREATING_MACHINE' }, [machine(ABSENT, null, { machineId: null })], 'create-machine'],
    ['created', { phase: 'CREATING_MACHINE' }, [machine(in_('created'))], 'enter-phase'],
    ['created, in its phase', { phase: 'STARTING_MACHINE' }, [machine(in_('created'))], 'wait'],
    ['stopped', { phase: 'STARTING_MACHINE' }, [machine(in_('stopped'))], 'start-machine'],
    ['starting', { phase: 'STARTING_MACHINE' }, [machine(in_('starting'))], 'wait'],
    ['in an unknown state', { phase: 'STARTING_MACHINE' }, [machine(in_('unknown'))], 'wait'],
    ['started, no host yet', { phase: 'STARTING_MACHINE' }, [machine(in_('started'), 'unreachable')], 'wait'],
    ['installing', { phase: 'STARTING_MACHINE' }, [machine(in_('started'), host('INSTALLING'))], 'enter-phase'],
    ['still installing', { phase: 'INSTALLING' }, [machine(in_('started'), host('INSTALLING'))], 'wait'],
    ['installed', { phase: 'INSTALLING' }, [machine(in_('started'), host('STARTING_SERVER'))], 'enter-phase'],
    ['ready', { phase: 'HANDSHAKE' }, [machine(in_('started'), host('READY'))], 'handshake'],
    ['gone', { phase: 'INSTALLING' }, [machine(ABSENT)], 'recreate-machine'],
    ['destroyed', { phase: 'INSTALLING' }, [machine(in_('destroyed'))], 'recreate-machine'],
  ] as const)('%s → %4$s', (_name, over, machines, kind) => {
    expect(decided(over, [...machines]).kind).toBe(kind);
  });

  it.each([
    ['a row, queued', {}, machine(ABSENT, null, { machineId: null }), 'CREATING_MACHINE'],
    ['a created machine', { phase: 'CREATING_MACHINE' }, machine(in_('created')), 'STARTING_MACHINE'],
    ['a stopped machine', { phase: 'HANDSHAKE' }, machine(in_('stopped')), 'STARTING_MACHINE'],
    ['an installing host', { phase: 'STARTING_MACHINE' }, machine(in_('started'), host('INSTALLING')), 'INSTALLING'],
    ['a starting server', { phase: 'INSTALLING' }, machine(in_('started'), host('STARTING_SERVER')), 'STARTING_SERVER'],
    ['a ready host', { phase: 'STARTING_SERVER' }, machine(in_('started'), host('READY')), 'HANDSHAKE'],
  ] as const)('%s leads to the phase %4$s', (_name, over, seen, phase) => {
    expect(decided(over, [seen])).toEqual({ kind: 'enter-phase', phase });
  });

  it.each(['failed', 'launch_failed'])('fails a machine in state %s', (state) => {
    const decision = decided({ phase: 'STARTING_MACHINE' }, [machine(in_(state))]);
    expect(decision).toMatchObject({ kind: 'fail-release', code: 'MACHINE_START_TIMEOUT' });
  });

  it('never creates again while the existence of the machine is unknown', () => {
    expect(decided({ phase: 'INSTALLING' }, [machine(UNKNOWN)]).kind).toBe('wait-for-api');
    const requested = machine(UNKNOWN, null, { machineId: null, state: 'create-requested' });
    expect(decided({ phase: 'CREATING_MACHINE' }, [requested]).kind).toBe('wait-for-api');
  });

  it('fails a machine that keeps dying only after it was started eight times', () => {
    const stopped = [machine(in_('stopped', { code: 1 }))];
    expect(decided({ phase: 'STARTING_MACHINE', attempts: 7 }, stopped).kind).toBe('start-machine');
    expect(decided({ phase: 'STARTING_MACHINE', attempts: 8 }, stopped)).toMatchObject({
      kind: 'fail-release',
      code: 'MACHINE_START_TIMEOUT',
    });
  });

  it.each(Object.keys(PHASE_MS_MAX).filter((phase) => phase !== 'QUEUED'))(
    'gives %s up after its time limit',
    (phase) => {
      const over = { phase: phase as keyof typeof PHASE_MS_MAX, phaseSince: ago(PHASE_MS_MAX.INSTALLING + 1) };
      const machines = {
        CREATING_MACHINE: machine(ABSENT, null, { machineId: null }),
        STARTING_MACHINE: machine(in_('starting')),
        INSTALLING: machine(in_('started'), host('INSTALLING')),
        STARTING_SERVER: machine(in_('started'), 'unreachable'),
        HANDSHAKE: machine(in_('started'), host('READY')),
      }[phase];
      expect(decided(over, machines ? [machines] : []).kind).toBe('fail-release');
    },
  );

  it.each([
    ['stops', 'STARTING_SERVER', host('STOPPING'), 'MACHINE_START_TIMEOUT'],
    ['does not answer', 'STARTING_SERVER', 'unreachable', 'MACHINE_UNREACHABLE'],
    ['installs', 'INSTALLING', host('INSTALLING'), 'INSTALL_FAILED'],
  ] as const)(
    'waits for a host that %s until the time limit of the phase, and no longer',
    (_what, phase, seen, code) => {
      const decidedAfter = (ms: number) => decided({ phase, phaseSince: ago(ms) }, [machine(in_('started'), seen)]);
      expect(decidedAfter(0).kind).toBe('wait');
      expect(decidedAfter(PHASE_MS_MAX[phase] + 1)).toMatchObject({ kind: 'fail-release', code });
    },
  );

  it("fails with the host's own failure", () => {
    const lastError: HostFailure = {
      code: 'PACKAGE_NOT_FOUND',
      message: 'No such package.',
      retryable: false,
      stderrTail: [],
      at: NOW.toISOString(),
    };
    expect(decided({ phase: 'INSTALLING' }, [machine(in_('started'), host('FAILED', lastError))])).toMatchObject({
      kind: 'fail-release',
      code: 'PACKAGE_NOT_FOUND',
      host: { lastError },
    });
  });

  it('fails with OUT_OF_MEMORY when the machine was killed for it', () => {
    const killed = machine(in_('stopped', { code: 137, oom: true }));
    expect(decided({ phase: 'HANDSHAKE' }, [killed])).toMatchObject({ kind: 'fail-release', code: 'OUT_OF_MEMORY' });
  });
});

describe('while it serves', () => {
  it('checks its health', () => {
    expect(decided(RUNNING, [machine(in_('started'), host('READY'))]).kind).toBe('check-health');
    expect(decided(RUNNING, [machine(in_('started'), 'unreachable')]).kind).toBe('check-health');
    expect(decided(RUNNING, [machine(UNKNOWN)]).kind).toBe('check-health');
  });

  it('makes a new machine only when the old one is confirmed gone', () => {
    expect(decided(RUNNING, [machine(ABSENT)]).kind).toBe('recreate-machine');
  });

  it('starts a machine again that stopped by itself', () => {
    expect(decided(RUNNING, [machine(in_('stopped'))])).toMatchObject({
      kind: 'enter-phase',
      phase: 'STARTING_MACHINE',
      setback: { kind: 'ended' },
    });
  });

  it('restarts on request', () => {
    const restarting = { ...RUNNING, restartGeneration: 2 } as const;
    expect(decided(restarting, [machine(in_('started'), host('READY'))]).kind).toBe('stop-machine');
    expect(decided(restarting, [machine(in_('stopping'))])).toEqual({ kind: 'enter-phase', phase: 'STARTING_MACHINE' });
    const under = { ...restarting, status: 'DEPLOYING', phase: 'STARTING_MACHINE' } as const;
    expect(decided(under, [machine(in_('stopped'))]).kind).toBe('start-machine');
    expect(decided(under, [machine(in_('started'), host('READY'))]).kind).toBe('enter-phase');
  });

  it('stops a suspended machine first when a restart is requested', () => {
    const restarting = { ...RUNNING, restartGeneration: 2 } as const;
    expect(decided(restarting, [machine(in_('suspended'))]).kind).toBe('stop-machine');
  });

  it('fails when the host has given its server up', () => {
    expect(decided(RUNNING, [machine(in_('started'), host('FAILED'))]).kind).toBe('fail-release');
  });

  it('keeps the old machine beside the new one until its handshake, and then for its sessions', () => {
    const old = machine(in_('started'), null);
    const rolling = { ...RUNNING, targetReleaseId: 'r2', phase: 'INSTALLING' } as const;
    const next = machine(in_('started'), host('INSTALLING'), { id: 'm2', releaseId: 'r2' });
    expect(decided(rolling, [old, next], release('r2')).kind).toBe('wait');

    const live = { ...RUNNING, currentReleaseId: 'r2', targetReleaseId: 'r2' } as const;
    const ready = machine(in_('started'), host('READY'), { id: 'm2', releaseId: 'r2' });
    const draining = (ms: number) => machine(in_('started'), null, { drainingAt: ago(ms) });
    expect(decided(live, [draining(DRAIN_MS - 1), ready], release('r2')).kind).toBe('check-health');
    expect(decided(live, [draining(DRAIN_MS), ready], release('r2')).kind).toBe('destroy-machine');
  });
});

describe('stopping and deleting', () => {
  it('stops a suspended machine too, and destroys one in state created', () => {
    const stopping = { ...RUNNING, desired: 'STOPPED' } as const;
    expect(decided(stopping, [machine(in_('suspended'))]).kind).toBe('stop-machine');
    expect(decided(stopping, [machine(in_('created'))]).kind).toBe('destroy-machine');
    expect(decided(stopping, [machine(in_('launch_failed'))]).kind).toBe('finish-stop');
    expect(decided(stopping, [machine(UNKNOWN)]).kind).toBe('wait-for-api');
  });

  it.each([
    ['started', 'stop-machine'],
    ['starting', 'stop-machine'],
    ['restarting', 'stop-machine'],
    ['stopping', 'wait'],
    ['suspending', 'wait'],
    ['migrating', 'wait'],
    ['unknown', 'wait-for-api'],
    ['failed', 'finish-stop'],
    ['destroying', 'finish-stop'],
    ['destroyed', 'forget-machine'],
  ])('a stop with a machine in state %s → %s', (state, kind) => {
    expect(decided({ ...RUNNING, desired: 'STOPPED' }, [machine(in_(state))]).kind).toBe(kind);
  });

  it('is STOPPED only when the machine has stopped', () => {
    const stopping = { ...RUNNING, desired: 'STOPPED' } as const;
    expect(decided(stopping, [machine(in_('started'))]).kind).toBe('stop-machine');
    expect(decided(stopping, [machine(in_('stopping'))]).kind).toBe('wait');
    expect(decided(stopping, [machine(in_('stopped'))]).kind).toBe('finish-stop');
    expect(decided({ ...stopping, status: 'STOPPED' }, [machine(in_('stopped'))]).kind).toBe('rest');
    expect(decided({ ...stopping, status: 'STOPPED' }, [machine(ABSENT)]).kind).toBe('forget-machine');
    expect(decided({ ...stopping, status: 'STOPPED' }, []).kind).toBe('rest');
  });

  it('ends a delete only when every machine is confirmed gone', () => {
    const deleting = { desired: 'DELETED', status: 'DELETING', phase: null } as const;
    expect(decided({ desired: 'DELETED' }, []).kind).toBe('begin-delete');
    expect(decided(deleting, [machine(in_('started'))]).kind).toBe('destroy-machine');
    expect(decided(deleting, [machine(UNKNOWN)]).kind).toBe('wait-for-api');
    expect(decided(deleting, [machine(in_('destroying'))]).kind).toBe('wait');
    const lingering = machine(in_('destroying'), null, { destroyAt: ago(LINGERING_MS + 1) });
    expect(decided(deleting, [lingering]).kind).toBe('wait-for-api');
    expect(decided(deleting, [machine(in_('destroyed'))]).kind).toBe('forget-machine');
    expect(decided(deleting, []).kind).toBe('finish-delete');
  });

  it('removes the machines of a failed deployment, and then rests', () => {
    const failed = { status: 'FAILED', phase: null } as const;
    expect(decided(failed, [machine(in_('started'))]).kind).toBe('destroy-machine');
    expect(decided(failed, []).kind).toBe('rest');
  });
});
describe('while another release is on its way', () => {
  const rolling = { ...RUNNING, targetReleaseId: 'r2', phase: 'INSTALLING', lastHealthyAt: NOW } as const;
  const next = machine(in_('started'), host('INSTALLING'), { id: 'm2', releaseId: 'r2' });
  const decidedWith = (over: Partial<Deployment>, current: MachineView) =>
    decided({ ...rolling, ...over }, [current, next], release('r2'));

  it.each([
    ['gone', ABSENT, 'lost'],
    ['destroyed', in_('destroyed'), 'lost'],
    ['stopped by itself', in_('stopped', { code: 1 }), 'ended'],
  ] as const)('reports that the serving machine is %s', (_how, observed, kind) => {
    expect(decidedWith({}, machine(observed))).toMatchObject({ kind: 'report-down', setback: { kind } });
    expect(decidedWith({ status: 'UNHEALTHY' }, machine(observed)).kind).toBe('wait');
  });

  it('waits while the Machines API gives no answer', () => {
    expect(decidedWith({}, machine(UNKNOWN)).kind).toBe('wait');
  });

  it('checks the health of the serving release as often as before', () => {
    const serving = machine(in_('started'));
    expect(decidedWith({ lastHealthyAt: ago(HEALTH_INTERVAL_MS - 1) }, serving).kind).toBe('wait');
    const due = decidedWith({ lastHealthyAt: ago(HEALTH_INTERVAL_MS) }, serving);
    expect(due).toEqual({ kind: 'check-health', machine: serving.row, remedy: null });
    expect(decidedWith({ lastHealthyAt: ago(HEALTH_INTERVAL_MS), healthFailures: 1 }, serving).kind).toBe('wait');
    const setBack = decidedWith({ lastHealthyAt: ago(-3_600_000) }, serving);
    expect(setBack).toEqual({ kind: 'check-health', machine: serving.row, remedy: null });
  });

  it('goes on with the new release while the checks of a machine that does not answer are always due', () => {
    const due = { status: 'UNHEALTHY', lastHealthyAt: ago(3_600_000), healthFailures: 3 } as const;
    const serving = machine(in_('started'));
    const overdue = { ...due, phaseSince: ago(PHASE_MS_MAX.INSTALLING + 1) };
    expect(decidedWith(overdue, serving)).toMatchObject({ kind: 'fail-release', machine: { id: 'm2' } });
    expect(decidedWith({ ...due, phase: 'STARTING_MACHINE' }, serving)).toEqual({
      kind: 'enter-phase',
      phase: 'INSTALLING',
    });
    expect(decidedWith(due, serving).kind).toBe('check-health'); // it fills the wait for the installation
  });

  it('removes the machine of an overtaken release at once, and does not wait for one in an unknown state', () => {
    const overtaken = (observed: ObservedMachine) => machine(observed, null, { id: 'm3', releaseId: 'r3' });
    const serving = machine(in_('started'));
    expect(decided(rolling, [serving, overtaken(in_('started')), next], release('r2')).kind).toBe('destroy-machine');
    expect(decided(rolling, [serving, overtaken(UNKNOWN), next], release('r2')).kind).toBe('wait');
  });
});
