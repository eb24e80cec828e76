import type { ListMachinesFilter, MachinesClient } from '#deploy/fly/calls.ts';
import type { McpProbe } from '../reconcile/mcp-probe.ts';

const nothing = () => {};

/** What the workers of a simulation asked the API, those included that have died since. */
export type SentCalls = { lists: (ListMachinesFilter | undefined)[]; creating: Set<Promise<unknown>> };

/** The same client with short time limits: a hanging call is one of the faults and must not take a minute. */
export const impatient = (
  client: MachinesClient,
  timeoutMs: number,
  { lists, creating }: SentCalls,
): MachinesClient => ({
  ...client,
  create: (app, input, call) => {
    const created = client.create(app, input, { ...call, timeoutMs });
    const over: Promise<unknown> = created.then(nothing, nothing).finally(() => creating.delete(over));
    creating.add(over);
    return created;
  },
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
