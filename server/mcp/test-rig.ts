import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newAccessToken } from '#server/domain/access/token.ts';
import type { Events, Topic } from '#server/domain/events.ts';
import type { UsageCall } from '#server/domain/usage/recorder.ts';
import { createEndpoint } from './endpoint.ts';
import type { EndpointDeps } from './endpoint-deps.ts';
import { createOriginPolicy } from './origin-policy.ts';
import type { MachineTarget, Route } from './route.ts';
import { createRouteTable } from './route-table.ts';
import { createUpstream, type UpstreamOptions } from './upstream.ts';

export const HOST_TOKEN = 'the-secret-of-the-host';
export const MACHINE_ID = '148e4ddc';

export type Listening = { origin: string; port: number; server: Server; close: () => Promise<void> };

export async function listen(listener: RequestListener): Promise<Listening> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An event bus within this process, with the two faults the real one can have: messages that come late, and a gap. */
export function createLocalEvents() {
  const listeners = new Map<string, Set<(id: string) => void>>();
  const states = new Set<(state: 'up' | 'down') => void>();
  const events: Pick<Events, 'on' | 'onConnection'> = {
    on: (topic, _id, listener) => {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      return () => set.delete(listener);
    },
    onConnection: (listener) => {
      states.add(listener);
      return () => states.delete(listener);
    },
  };
  return {
    events,
    emit: (topic: Topic, id: string) => {
      for (const listener of listeners.get(topic) ?? []) listener(id);
    },
    turn: (state: 'up' | 'down') => {
      for (const listener of states) listener(state);
    },
  };
}

export type Rig = Awaited<ReturnType<typeof createRig>>;

export type RigOptions = {
  /** Plays the host inside the machine. */
  machine: (req: IncomingMessage, res: ServerResponse) => void;
  route?: Partial<Route>;
  deps?: Partial<EndpointDeps>;
  upstream?: UpstreamOptions;
  policy?: Partial<Parameters<typeof createOriginPolicy>[0]>;
};

/** A client's side, the endpoint and a machine, on real sockets, with one deployment and one token. */
export async function createRig(options: RigOptions) {
  const machine = await listen(options.machine);
  const deploymentId = randomUUID();
  const { token, hash } = newAccessToken();
  const tokenId = randomUUID();
  const bus = createLocalEvents();
  const target: MachineTarget = { machineId: MACHINE_ID, origin: machine.origin, headers: {}, token: HOST_TOKEN };
  const rows = new Map<string, Route>();
  rows.set(deploymentId, {
    deploymentId,
    ownerId: 'ann',
    name: 'Weather',
    status: 'RUNNING',
    phase: null,
    failure: null,
    access: 'TOKEN',
    answersWhileAsleep: true,
    recordsBodies: false,
    tokens: [{ id: tokenId, hash, expiresAtMs: null }],
    current: target,
    releaseId: null,
    offerDigests: null,
    hasOffer: false,
    members: [],
    bundles: [],
    personal: null,
    lockVersion: 0,
    currentMachineId: MACHINE_ID,
    formerMachineIds: [],
    views: [],
    draining: [],
    ...options.route,
  });
  let reads = 0;
  let aheadMs = 0;
  const nowMs = () => Date.now() + aheadMs;
  const calls: UsageCall[] = [];
  const errors: unknown[] = [];
  const routes = createRouteTable({
    load: async (id) => {
      reads += 1;
      return rows.get(id) ?? null;
    },
    events: bus.events,
    nowMs,
  });
  const upstream = createUpstream(options.upstream);
  const endpoint = createEndpoint({
    routes,
    upstream,
    policy: createOriginPolicy({ hosts: ['127.0.0.1'], origins: [], loopbackOrigins: true, ...options.policy }),
    wake: async () => {},
    nowMs,
    record: (call) => calls.push(call),
    onError: (error) => errors.push(error),
    ...options.deps,
  });
  const front = await listen(endpoint.handle);
  const url = `${front.origin}/api/mcp/${deploymentId}`;
  const change = (changes: Partial<Route>) => {
    const row = rows.get(deploymentId);
    if (row) rows.set(deploymentId, { ...row, ...changes });
  };
  return {
    url,
    front,
    machine,
    deploymentId,
    token,
    tokenId,
    target,
    bus,
    calls,
    errors,
    routes,
    upstream,
    endpoint,
    reads: () => reads,
    /** Turns the wall clock on. */
    passTime: (milliseconds: number) => {
      aheadMs += milliseconds;
    },
    /** Changes the row; the message about it has not come yet. */
    changeUnheard: change,
    /** Changes the row and says so. */
    change: (changes: Partial<Route>) => {
      change(changes);
      bus.emit('deployment', deploymentId);
    },
    remove: () => {
      rows.delete(deploymentId);
      bus.emit('deployment', deploymentId);
    },
    fetch: (init: RequestInit & { path?: string } = {}) =>
      fetch(url + (init.path ?? ''), {
        ...init,
        headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string> | undefined) }, // plain objects only, in tests
      }),
    /** A JSON-RPC message as a client posts it. */
    post: (message: unknown, headers: Record<string, string> = {}, signal?: AbortSignal) =>
      fetch(url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...headers,
        },
        body: JSON.stringify(message),
        ...(signal === undefined ? {} : { signal }),
      }),
    close: async () => {
      await endpoint.close();
      await upstream.close();
      routes.close();
      await Promise.all([front.close(), machine.close()]);
    },
  };
}

export const toolCall = (name: string, id: number | string = 1) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: {} },
});
