import { appNameTaken, appNotFound, machineNotFound, nameTaken } from './api-error.ts';
import type { LocalMachine } from './machine.ts';

/** Destroyed machines that `get` still finds; Fly keeps them for some time too. */
const DESTROYED_KEPT = 500;

export type AppRecord = {
  name: string;
  organization: string;
  network: string | null;
  /** `network`: of a private address, as it was asked for. */
  ips: { ip: string; shared: boolean; network?: string }[];
};

/** Apps and their machines, in memory. */
export const createMachineStore = (appNames: readonly string[]) => {
  const apps = new Map<string, AppRecord>();
  const machines = new Map<string, LocalMachine>();
  for (const name of appNames) apps.set(name, { name, organization: 'personal', network: null, ips: [] });

  const forgetDestroyed = (): void => {
    const destroyed = [...machines.values()].filter(({ record }) => record.state === 'destroyed');
    for (const { record } of destroyed.slice(0, Math.max(0, destroyed.length - DESTROYED_KEPT)))
      machines.delete(record.id);
  };

  const getApp = (name: string): AppRecord => {
    const app = apps.get(name);
    if (app === undefined) throw appNotFound();
    return app;
  };

  return {
    getApp,
    addApp: (app: AppRecord): void => {
      if (apps.has(app.name)) throw appNameTaken();
      apps.set(app.name, app);
    },
    /** Fly removes the machines of a deleted app with it. */
    removeApp: (name: string): void => {
      getApp(name);
      for (const machine of machines.values()) {
        if (machine.record.app === name && machine.record.state !== 'destroyed') machine.destroy(true);
      }
      apps.delete(name);
    },
    appsOf: (organization: string | null): AppRecord[] =>
      [...apps.values()].filter((app) => organization === null || app.organization === organization),
    /** Names are unique among the app's machines that are not destroyed. */
    refuseTakenName: (app: string, name: string): void => {
      for (const { record } of machines.values())
        if (record.app === app && record.name === name && record.state !== 'destroyed')
          throw nameTaken(record.id, name);
    },
    add: (machine: LocalMachine): void => {
      forgetDestroyed();
      machines.set(machine.record.id, machine);
    },
    /** A destroyed machine is still found. */
    get: (app: string, id: string): LocalMachine => {
      getApp(app);
      const machine = machines.get(id);
      if (machine === undefined || machine.record.app !== app) throw machineNotFound();
      return machine;
    },
    /** Over all apps. */
    all: (): LocalMachine[] => [...machines.values()],
    of: (app: string): LocalMachine[] => {
      getApp(app);
      return [...machines.values()].filter(({ record }) => record.app === app);
    },
  };
};

export type MachineStore = ReturnType<typeof createMachineStore>;
