import type { Clock } from '../clock.ts';
import type { MachineState } from '../fly/wire.ts';
import { createEventLog } from './events.ts';
import { newUlid } from './ids.ts';
import type { LocalConfig } from './requests.ts';

const VERSIONS_KEPT = 20;

export type MachineInput = { app: string; id: string; name: string; region: string; config: LocalConfig };

/** Keeps what the API reports about a machine. Every change wakes the requests that wait for one. */
export const createMachineRecord = (input: MachineInput, clock: Pick<Clock, 'now'>) => {
  const createdAt = clock.now();
  const firstVersion = newUlid(createdAt);
  const watchers = new Set<() => void>();

  const record = {
    ...input,
    createdAt,
    updatedAt: createdAt,
    state: 'created' as MachineState, // the literal would be its whole type
    /** The instance_id: changes with each configuration. */
    version: firstVersion,
    versions: [{ version: firstVersion, user_config: input.config }],
    hostStatus: 'ok' as 'ok' | 'unknown' | 'unreachable',
    cordoned: false,
    /** The loopback port that the host reported. */
    port: null as number | null,
    events: createEventLog(clock.now),
    watch: (wake: () => void): (() => void) => {
      watchers.add(wake);
      return () => void watchers.delete(wake);
    },
    changed: (): void => {
      record.updatedAt = clock.now();
      for (const wake of [...watchers]) wake();
    },
    setState: (state: MachineState): void => {
      record.state = state;
      record.changed();
    },
    setConfig: (config: LocalConfig, region: string): void => {
      record.config = config;
      record.region = region;
      record.version = newUlid(clock.now());
      record.versions = [{ version: record.version, user_config: config }, ...record.versions].slice(0, VERSIONS_KEPT);
    },
    /** Keeps only the fact of a destroyed machine: its secrets go with it. */
    forget: (): void => {
      record.config = { image: record.config.image, metadata: record.config.metadata ?? {} };
      record.versions = [];
      record.port = null;
    },
  };
  return record;
};
