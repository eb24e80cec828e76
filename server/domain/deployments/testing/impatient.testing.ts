import type { ListMachinesFilter, MachinesClient } from '#deploy/fly/calls.ts';

/** The same client with short time limits: a hanging call is one of the faults and must not take a minute. */
export const impatient = (
  client: MachinesClient,
  timeoutMs: number,
  lists: (ListMachinesFilter | undefined)[],
): MachinesClient => ({
  ...client,
  create: (app, input, call) => client.create(app, input, { ...call, timeoutMs }),
  get: (app, id, call) => client.get(app, id, { ...call, timeoutMs }),
  find: (app, id, call) => client.find(app, id, { ...call, timeoutMs }),
  list: (app, filter, call) => {
    lists.push(filter);
    return client.list(app, filter, { ...call, timeoutMs });
  },
  start: (app, id, call) => client.start(app, id, { ...call, timeoutMs }),
  stop: (app, id, stop, call) => client.stop(app, id, stop, { ...call, timeoutMs }),
  suspend: (app, id, call) => client.suspend(app, id, { ...call, timeoutMs }),
  delete: (app, id, call) => client.delete(app, id, { ...call, timeoutMs }),
});
