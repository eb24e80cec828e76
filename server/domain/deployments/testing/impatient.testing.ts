import type { ListMachinesFilter, MachinesClient } from '#deploy/fly/calls.ts';
import type { McpProbe } from '../reconcile/mcp-probe.ts';

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

/** The same for the handshake and the pings of a server that does not answer: their own limits are those of real time. */
export const impatientProbe = (probe: McpProbe, timeoutMs: number): McpProbe => ({
  readSnapshot: (target, signal, timeFactor) =>
    probe.readSnapshot(target, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), timeFactor),
  ping: (target, era, signal) => probe.ping(target, era, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])),
});
