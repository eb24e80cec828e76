import type { AddressMode } from '#deploy/address.ts';
import type { MachinesClient } from '#deploy/fly/calls.ts';
import { MachinesError, type MachinesErrorKind } from '#deploy/fly/errors.ts';
import type { HostClient } from '#deploy/host-client.ts';
import type { Deployment, Machine, Release } from '#prisma/generated/client/client.ts';
import type { TransitionTo } from '../rows/transition.ts';
import type { McpProbe } from './mcp-probe.ts';
import { deployment, host, NOW, release, row } from './rows.testing.ts';
import type { Step } from './step.ts';
import { type MachineView, NO_STALLS } from './view.ts';

export const machinesError = (kind: MachinesErrorKind): MachinesError =>
  new MachinesError(`It is ${kind}.`, { kind, operation: 'op', status: null, code: null, requestId: null, sent: true });

export type FakeStepOptions = {
  deployment?: Partial<Deployment>;
  target?: Release | null;
  machines?: MachineView[];
  /** False: a newer intent has the row. */
  holdsRow?: boolean;
  addressMode?: AddressMode['kind'];
  hostClient?: Partial<HostClient>;
  probe?: Partial<McpProbe>;
  machinesClient?: Partial<MachinesClient>;
  random?: number;
  /** Rows of sessions that were kept while the deployment slept. */
  keptSessions?: { id: string; machineId: string; session: unknown }[];
  logs?: () => Promise<void>;
};

/** The context of one decision, with its ports played by the test, and a list of what was called in order. */
export function fakeStep(options: FakeStepOptions = {}) {
  const { holdsRow = true, addressMode = 'local', target = release() } = options;
  const calls: string[] = [];
  const writes: TransitionTo[] = [];
  const updates: unknown[] = [];
  const leaving = new AbortController();
  const noted =
    <Arguments extends unknown[], Result>(name: string, run: (...given: Arguments) => Promise<Result>) =>
    (...given: Arguments): Promise<Result> => {
      calls.push(name);
      return run(...given);
    };
  const update = async (query: unknown) => {
    updates.push(query);
    return { count: holdsRow ? 1 : 0 };
  };
  const { hostClient = {}, probe = {}, machinesClient = {} } = options;
  const fakes = {
    deps: {
      now: () => NOW,
      random: () => options.random ?? 0.5,
      healthIntervalMs: 30_000,
      envelopes: { open: async (sealed: string) => `open ${sealed}` },
      host: {
        status: noted('status', hostClient.status ?? (async () => host('READY'))),
        quiesce: noted('quiesce', hostClient.quiesce ?? (async () => ({ quiesced: true }))),
        restartSilent: noted('restart-silent', hostClient.restartSilent ?? (async () => 0)),
        offer: hostClient.offer ?? (async () => null),
        carrySessions: noted('carry-sessions', hostClient.carrySessions ?? (async () => {})),
        resumeAndAsk: noted('resume', hostClient.resumeAndAsk ?? (async () => true)),
        resume: noted('resume', hostClient.resume ?? (async () => {})),
      },
      probe: {
        ping: noted('ping', probe.ping ?? (async () => {})),
      },
      prisma: {
        deployment: { updateMany: update },
        $executeRaw: async () => 0,
        machine: { update, updateMany: update, deleteMany: update },
        release: { findUniqueOrThrow: async () => release('r0') },
        definitionLock: { findUnique: async () => ({ version: 0, lookedAt: NOW, listsMark: null }) },
        keptSession: { findMany: async () => options.keptSessions ?? [], deleteMany: update, createMany: update },
      },
      saveLogs: noted('logs', options.logs ?? (async () => {})),
    },
    view: { deployment: deployment(options.deployment), target, machines: options.machines ?? [], stalls: NO_STALLS },
    fleet: {
      addressModeOf: () => ({ kind: addressMode }),
      machines: {
        start: noted('start', machinesClient.start ?? (async () => ({ previousState: null }))),
        wait: noted('wait', machinesClient.wait ?? (async () => ({ reached: true }))),
        stop: noted('stop', machinesClient.stop ?? (async () => {})),
        suspend: noted('suspend', machinesClient.suspend ?? (async () => {})),
        delete: noted('delete', machinesClient.delete ?? (async () => ({ accepted: true }))),
      },
    },
    guard: { generation: 7, leaseOwner: 'me' },
    signal: leaving.signal,
    write: async (to: TransitionTo) => {
      writes.push(to);
      return holdsRow;
    },
  };
  const step = fakes as unknown as Step; // functions under test use only these parts
  return { step, calls, writes, updates, leave: () => leaving.abort(new Error('leaving')) };
}

export const view = (over: Partial<MachineView> = {}, machine: Partial<Machine> = {}): MachineView => ({
  row: row(machine),
  observed: { kind: 'present', state: 'started', hostUnreachable: false, lastExit: null },
  host: null,
  ...over,
});
