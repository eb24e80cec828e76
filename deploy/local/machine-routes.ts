import { hostUnreachable, machineNotFound } from './api-error.ts';
import type { LocalMachine } from './machine.ts';
import { machineJson, machineSummaryJson } from './machine-json.ts';
import type { MachineStore } from './machine-store.ts';
import { createMachineSchema, parse, stopSchema, updateMachineSchema } from './requests.ts';
import { json, OK, type Route, type RouteDeps, type RouteRequest } from './route.ts';
import { waitForState } from './wait.ts';

const listMachines = (store: MachineStore, app: string, query: URLSearchParams): LocalMachine[] => {
  const metadata = [...query].filter(([name]) => name.startsWith('metadata.'));
  const states = query.get('state')?.split(',').filter(Boolean) ?? [];
  const region = query.get('region');
  const deleted = query.get('include_deleted') === 'true' || states.includes('destroyed');
  return store
    .of(app)
    .filter(
      ({ record }) =>
        (deleted || record.state !== 'destroyed') &&
        (states.length === 0 || states.includes(record.state)) &&
        (region === null || region === '' || record.region === region) &&
        metadata.every(([name, value]) => record.config.metadata?.[name.slice('metadata.'.length)] === value),
    );
};

export const machineRoutes = ({ clock, store, leases, createMachine }: RouteDeps): Route[] => {
  /** A machine that may be changed: not destroyed, not under the lease of another caller, on hardware that answers. */
  const writable = ({ app, machine: id, leaseNonce }: RouteRequest): LocalMachine => {
    const machine = store.get(app, id);
    if (machine.record.state === 'destroyed') throw machineNotFound();
    leases.check(id, leaseNonce);
    if (machine.record.hostStatus === 'unreachable') throw hostUnreachable();
    return machine;
  };
  const act = (action: string, run: (machine: LocalMachine, request: RouteRequest) => void): Route => ({
    method: 'POST',
    path: `/apps/:app/machines/:machine/${action}`,
    action,
    handle: (request) => {
      run(writable(request), request);
      return OK;
    },
  });
  return [
    {
      method: 'POST',
      path: '/apps/:app/machines',
      action: 'create',
      handle: ({ app, body }) => {
        store.getApp(app);
        const input = parse(createMachineSchema, body);
        if (input.name !== undefined) store.refuseTakenName(app, input.name);
        const machine = createMachine(app, input);
        const answer = machineJson(machine);
        machine.create(input.skip_launch ?? false);
        return json(answer);
      },
    },
    {
      method: 'GET',
      path: '/apps/:app/machines',
      action: 'list',
      handle: ({ app, query }) => {
        const view = query.get('summary') === 'true' ? machineSummaryJson : machineJson;
        return json(listMachines(store, app, query).map(view));
      },
    },
    {
      method: 'GET',
      path: '/apps/:app/machines/:machine',
      action: 'get',
      handle: ({ app, machine }) => json(machineJson(store.get(app, machine))),
    },
    {
      method: 'POST',
      path: '/apps/:app/machines/:machine',
      action: 'update',
      handle: (request) => {
        const machine = writable(request);
        const { config, region, skip_launch: skipLaunch } = parse(updateMachineSchema, request.body);
        machine.update({ config, region, skipLaunch: skipLaunch ?? false });
        return json(machineJson(machine));
      },
    },
    {
      method: 'DELETE',
      path: '/apps/:app/machines/:machine',
      action: 'delete',
      handle: (request) => {
        writable(request).destroy(request.query.get('force') === 'true');
        return OK;
      },
    },
    {
      method: 'GET',
      path: '/apps/:app/machines/:machine/wait',
      action: 'wait',
      handle: async ({ app, machine, query, signal }) => {
        const version = query.get('version') ?? query.get('instance_id');
        const wanted = { state: query.get('state'), timeout: query.get('timeout'), version };
        return json(await waitForState(clock, store.get(app, machine), wanted, signal));
      },
    },
    {
      method: 'POST',
      path: '/apps/:app/machines/:machine/start',
      action: 'start',
      handle: (request) => json({ previous_state: writable(request).start() }),
    },
    act('stop', (machine, { body }) => machine.stop(parse(stopSchema, body))),
    act('suspend', (machine) => machine.suspend()),
    act('restart', (machine, { query }) => machine.restart(query.get('timeout') ?? undefined)),
    act('cordon', ({ record }) => {
      record.cordoned = true;
      record.changed();
    }),
    act('uncordon', ({ record }) => {
      record.cordoned = false;
      record.changed();
    }),
    {
      method: 'GET',
      path: '/apps/:app/machines/:machine/events',
      action: 'events',
      handle: ({ app, machine, query }) =>
        json(store.get(app, machine).record.events.newest(Math.min(50, Number(query.get('limit') ?? 20) || 20))),
    },
    {
      method: 'GET',
      path: '/apps/:app/machines/:machine/versions',
      action: 'versions',
      handle: ({ app, machine }) => json(store.get(app, machine).record.versions),
    },
  ];
};
