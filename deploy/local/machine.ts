import type { Clock } from '../clock.ts';
import type { MachineState } from '../fly/wire.ts';
import { notDestroyable, wrongState } from './api-error.ts';
import { exitRequest } from './events.ts';
import type { Faults, LifeEffect } from './faults.ts';
import type { HostProcess, ProcessExit } from './host-process.ts';
import type { MachineFolders } from './machine-folders.ts';
import { createMachineRecord, type MachineInput } from './machine-record.ts';
import { durationMs, hostConfigOf, type LocalConfig, signalOf } from './requests.ts';
import { decideRestart, RECOVERED_AFTER_MS } from './restart-policy.ts';

const STOP_TIMEOUT_MS = 5_000;
/** A deletion does not wait long for a host that hangs. */
const DESTROY_TIMEOUT_MS = 3_000;

/** Decides what follows the end of the process. Null: the end was not requested, and the restart policy decides. */
type Goal = 'stopped' | 'relaunch' | 'destroyed' | null;

export type MachineDeps = {
  clock: Clock;
  faults: Pick<Faults, 'forLife'>;
  /** Starts the host in an empty folder; throws when it cannot be started at all. */
  spawn: (input: { id: string; config: LocalConfig; onPort: (port: number) => void }) => HostProcess;
  folders: Pick<MachineFolders, 'discard' | 'removed'>;
};

const delayOf = (effects: LifeEffect[]): number =>
  effects.reduce((sum, effect) => sum + (effect.kind === 'delay' ? effect.ms : 0), 0);

/** One machine: Fly's states and transitions, with a host process behind them. */
export const createMachine = (deps: MachineDeps, input: MachineInput) => {
  const { clock, faults } = deps;
  const record = createMachineRecord(input, clock);
  const { events } = record;
  const gone = Promise.withResolvers<void>();
  let running: HostProcess | null = null;
  let goal: Goal = null;
  let restartCount = 0;
  let startedAt = 0;
  /** Aborted by each new intent: a launch that still waits must not overtake a later stop. */
  let intent = new AbortController();

  const newIntent = (): AbortSignal => {
    intent.abort();
    intent = new AbortController();
    return intent.signal;
  };

  const life = (action: string): LifeEffect[] => faults.forLife({ action, machine: input.id });

  /** Goes on after a while, unless a newer intent came first. */
  const later = (milliseconds: number, signal: AbortSignal, next: () => void): void => {
    clock.sleep(milliseconds, signal).then(
      () => {
        if (!signal.aborted) next();
      },
      () => undefined, // only the newer intent rejects it
    );
  };

  const spawn = (signal: AbortSignal, late: number): HostProcess => {
    const onPort = (port: number): void => {
      const publish = (): void => {
        if (running !== spawned) return;
        record.port = port;
        record.changed();
      };
      if (late === 0) publish();
      else later(late, signal, publish);
    };
    const spawned: HostProcess = deps.spawn({ id: input.id, config: record.config, onPort });
    return spawned;
  };

  const boot = (signal: AbortSignal, effects: LifeEffect[]): void => {
    record.setState('starting');
    events.add('start', 'starting', 'flyd');
    const late = effects.reduce((sum, effect) => sum + (effect.kind === 'late-port' ? effect.ms : 0), 0);
    let spawned: HostProcess;
    try {
      spawned = spawn(signal, late);
    } catch (error) {
      events.add('launch', 'failed', 'flyd', { error: error instanceof Error ? error.message : String(error) });
      record.setState('launch_failed');
      return;
    }
    running = spawned;
    startedAt = clock.now();
    void spawned.exited.then((exit) => onExit(spawned, exit));
    events.add('start', 'started', 'flyd');
    record.setState('started');
    const fatal = effects.find((effect) => effect.kind === 'die');
    if (fatal !== undefined) void spawned.kill({ oom: fatal.oom ?? false });
  };

  const launch = (signal: AbortSignal): void => {
    const effects = life('launch');
    if (effects.some((effect) => effect.kind === 'never')) return;
    const delayMs = delayOf(effects);
    if (delayMs === 0) boot(signal, effects);
    else later(delayMs, signal, () => boot(signal, effects));
  };

  const finishDestroy = async (): Promise<void> => {
    let request: unknown;
    try {
      deps.folders.discard(input.id);
      await deps.folders.removed(input.id);
    } catch (error) {
      // The machine is gone all the same; the next start of the local API clears what is left of its folder.
      request = { error: error instanceof Error ? error.message : String(error) };
    }
    record.forget();
    events.add('destroy', 'destroyed', 'flyd', request);
    record.setState('destroyed');
    gone.resolve();
  };

  const settle = (next: Exclude<Goal, null>): void => {
    if (next === 'destroyed') void finishDestroy();
    else if (next === 'relaunch') launch(newIntent());
    else record.setState('stopped');
  };

  const onExit = (ended: HostProcess, exit: ProcessExit): void => {
    if (running !== ended) return;
    running = null;
    record.port = null;
    deps.folders.discard(input.id); // as on Fly, a machine that goes down loses what it kept on its disk
    if (clock.now() - startedAt >= RECOVERED_AFTER_MS) restartCount = 0;
    const asleep = record.state === 'suspended';
    const unasked = goal === null && !asleep;
    const backoffMs = unasked ? decideRestart(record.config.restart, { ...exit, restartCount }) : null;
    const about = { requested: goal !== null, restarting: backoffMs !== null, restartCount, at: clock.now() };
    events.add('exit', 'stopped', 'flyd', exitRequest({ ...exit, ...about }));
    const next = goal ?? (record.config.auto_destroy ? 'destroyed' : 'stopped');
    const wanted = goal !== null;
    goal = null;
    if (asleep && !wanted) {
      // Its snapshot is lost: it sleeps on, and starts cold when woken.
      record.changed();
    } else if (backoffMs === null) {
      settle(next);
    } else {
      restartCount += 1;
      record.setState('restarting');
      const signal = newIntent();
      later(backoffMs, signal, () => launch(signal));
    }
  };

  /** Ends the process, if there is one, and goes on to `next`. A newer end replaces the goal of an older one. */
  const end = (
    next: Exclude<Goal, null>,
    transitional: MachineState,
    signal: NodeJS.Signals,
    graceMs: number,
  ): void => {
    newIntent();
    record.setState(transitional);
    if (running === null) {
      settle(next);
      return;
    }
    goal = next;
    void running.terminate(signal, graceMs);
  };

  const stopSignal = (): NodeJS.Signals => signalOf(record.config.stop_config?.signal);
  const stopGraceMs = (): number => durationMs(record.config.stop_config?.timeout, STOP_TIMEOUT_MS);

  const refuseUnless = (action: string, ...allowed: MachineState[]): void => {
    if (!allowed.includes(record.state)) throw wrongState(action, record.state);
  };

  return {
    record,
    /** Resolves when nothing of the machine is left. */
    gone: gone.promise,

    create: (skipLaunch: boolean): void => {
      events.add('launch', 'created', 'user');
      const signal = newIntent();
      // Launch in a later turn: the caller that created it first gets the answer, in state `created`.
      later(delayOf(life('settle')), signal, () => (skipLaunch ? record.setState('stopped') : launch(signal)));
    },
    start: (): MachineState => {
      const previous = record.state;
      if (previous === 'started') return previous;
      refuseUnless('start', 'stopped', 'suspended', 'failed', 'launch_failed');
      restartCount = 0;
      events.add('start', 'starting', 'user');
      const signal = newIntent();
      if (running === null) {
        record.setState('starting');
        launch(signal);
      } else if (life('resume').some((effect) => effect.kind === 'lost-snapshot')) {
        record.setState('starting');
        goal = 'relaunch';
        void running.terminate('SIGTERM', DESTROY_TIMEOUT_MS);
      } else {
        running.resume();
        events.add('start', 'started', 'flyd', { resumed: true });
        record.setState('started');
      }
      return previous;
    },
    stop: (stop: { signal?: string | undefined; timeout?: string | number | undefined }): void => {
      if (record.state === 'stopped' || record.state === 'stopping') return;
      refuseUnless('stop', 'started', 'starting', 'suspended', 'suspending', 'restarting');
      const graceMs = durationMs(stop.timeout, stopGraceMs());
      events.add('stop', 'stopping', 'user');
      end('stopped', 'stopping', stop.signal === undefined ? stopSignal() : signalOf(stop.signal), graceMs);
    },
    suspend: (): void => {
      refuseUnless('suspend', 'started');
      const asleep = running;
      const signal = newIntent();
      events.add('suspend', 'suspending', 'user');
      record.setState('suspending');
      later(delayOf(life('suspend')), signal, () => {
        if (running === null || running !== asleep) return;
        running.suspend();
        events.add('suspend', 'suspended', 'flyd');
        record.setState('suspended');
      });
    },
    restart: (timeout: string | number | undefined): void => {
      refuseUnless('restart', 'started');
      const graceMs = durationMs(timeout, stopGraceMs());
      events.add('restart', 'restarting', 'user');
      restartCount = 0;
      end('relaunch', 'restarting', stopSignal(), graceMs);
    },
    update: (next: { config: LocalConfig; region?: string | undefined; skipLaunch: boolean }): void => {
      refuseUnless('update', 'started', 'stopped', 'suspended', 'failed', 'launch_failed');
      hostConfigOf(next.config);
      const goesOn = record.state === 'started' && !next.skipLaunch;
      events.add('update', 'replacing', 'user');
      record.setConfig(next.config, next.region ?? record.region);
      restartCount = 0;
      end(goesOn ? 'relaunch' : 'stopped', 'replacing', stopSignal(), stopGraceMs());
    },
    destroy: (force: boolean): void => {
      if (record.state === 'destroyed' || record.state === 'destroying') return;
      const idle: MachineState[] = ['stopped', 'suspended', 'failed', 'launch_failed', 'created'];
      if (!force && !idle.includes(record.state)) throw notDestroyable();
      events.add('destroy', 'destroying', 'user');
      end('destroyed', 'destroying', 'SIGTERM', DESTROY_TIMEOUT_MS);
    },
    /** Ends the process as a failing machine would. False when none runs. */
    crash: async (cause: { oom: boolean }): Promise<boolean> => {
      if (running === null) return false;
      await running.kill(cause);
      return true;
    },
    /** The host process stops running while the API goes on reporting `started`: only a stop ends it. */
    stall: (): void => {
      running?.suspend();
    },
    /** The host runs for so many of every 80 ms; null: always. A machine that starts again is not limited. */
    throttle: (runMs: number | null): void => {
      running?.throttle(runMs);
    },
    /** An unreachable machine does not say that it is: its host stands still. */
    setHostStatus: (status: 'ok' | 'unknown' | 'unreachable'): void => {
      if (status === 'unreachable') running?.suspend();
      else if (record.hostStatus === 'unreachable' && record.state === 'started') running?.resume();
      record.hostStatus = status;
      record.changed();
    },
  };
};

export type LocalMachine = ReturnType<typeof createMachine>;
