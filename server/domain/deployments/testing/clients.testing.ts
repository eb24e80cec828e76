import { setTimeout as delay } from 'node:timers/promises';
import { type ServedEndpoint, serveEndpoint } from '#server/mcp/parked/endpoint.testing.ts';
import type { Simulation } from './simulation.testing.ts';

const REQUEST_MS_MAX = 20_000;
const HOLD_MS_MAX = 10_000;
const SETTLE_MS = 15_000;
const RETRY_MS = 100;
/** On the deployments' own clock: some checks, restarts of the child, and a restart of the machine. */
const HEAL_MS = 30 * 60_000;
/** A request may meet a fault, or a deployment that serves nothing at the moment. */
const REFUSALS: ReadonlySet<number> = new Set([404, 502, 503, 504]);
const PROTOCOL = '2025-11-25';

type Connected = { deploymentId: string; session: string; leave: AbortController };

/** Clients of simulated deployments: sessions over an endpoint of its own, each with a GET stream that stays open. */
export type SimulatedClients = {
  /** Opens a session and its stream, on the snapshot while the deployment sleeps. */
  connect(deploymentId: string): Promise<void>;
  /** Lets each client of a deployment make a call, which wakes it. */
  call(deploymentId: string): Promise<void>;
  /** Problems of requests so far, and of clients that a deployment at rest does not serve. */
  problems(served: readonly string[]): Promise<string[]>;
  close(): Promise<void>;
};

export async function openClients(world: Simulation): Promise<SimulatedClients> {
  const served: ServedEndpoint = await serveEndpoint(world, { wakeHoldMsMax: HOLD_MS_MAX });
  const clients: Connected[] = [];
  const found: string[] = [];

  const post = (deploymentId: string, message: object, session?: string) =>
    fetch(served.urlOf(deploymentId), {
      method: 'POST',
      signal: AbortSignal.timeout(REQUEST_MS_MAX),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(session === undefined ? {} : { 'mcp-session-id': session, 'mcp-protocol-version': PROTOCOL }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }),
    });

  const initialize = async (deploymentId: string): Promise<{ status: number; session: string | null }> => {
    const clientInfo = { name: 'simulated', version: '1' };
    const params = { protocolVersion: PROTOCOL, capabilities: {}, clientInfo };
    const answer = await post(deploymentId, { method: 'initialize', params });
    await answer.text();
    return { status: answer.status, session: answer.headers.get('mcp-session-id') };
  };

  const listen = async (deploymentId: string, session: string): Promise<void> => {
    const leave = new AbortController();
    clients.push({ deploymentId, session, leave });
    const headers = { accept: 'text/event-stream', 'mcp-session-id': session, 'mcp-protocol-version': PROTOCOL };
    const stream = await fetch(served.urlOf(deploymentId), { headers, signal: leave.signal });
    // read to its end, whichever way it ends: a client would open the next one
    stream.text().catch(() => {});
  };

  /** The status of a call; null when it was answered under its own id. */
  const callOf = async ({ deploymentId, session }: Pick<Connected, 'deploymentId' | 'session'>) => {
    const answer = await post(deploymentId, { method: 'tools/call', params: { name: 'echo', arguments: {} } }, session);
    const text = await answer.text();
    if (answer.status !== 200) return answer.status;
    const { id, result } = JSON.parse(text) as { id?: unknown; result?: unknown }; // checked in the next line
    if (id !== 1 || result === undefined) found.push(`a call was answered with ${text}`);
    return null;
  };

  /**
   * The status that a new client still gets after the time to heal; null once it is served. A stall that came last is not
   * noticed yet when its deployment is looked at: the next checks find it, and restart the machine.
   */
  const refusalAtRest = async (deploymentId: string): Promise<number | null> => {
    const deadline = world.time.now().getTime() + HEAL_MS;
    for (;;) {
      const { status, session } = await initialize(deploymentId);
      const refusal = session === null ? status : await callOf({ deploymentId, session });
      if (refusal === null || world.time.now().getTime() > deadline) return refusal;
      await delay(RETRY_MS);
    }
  };

  const note = (what: string, status: number | null) => {
    if (status !== null && status !== 200 && !REFUSALS.has(status)) found.push(`${what} was answered with ${status}`);
  };
  const tolerate = async (what: string, request: () => Promise<number | null>): Promise<void> => {
    try {
      note(what, await request());
    } catch (error) {
      // A client gives up on a machine that has stalled; once it is at rest, it has to answer.
      if (error instanceof Error && error.name === 'TimeoutError') return;
      found.push(`${what} failed: ${String(error)}`);
    }
  };

  return {
    connect: (deploymentId) =>
      tolerate('initialize', async () => {
        const { status, session } = await initialize(deploymentId);
        if (session !== null) await listen(deploymentId, session);
        return status;
      }),
    call: async (deploymentId) => {
      const own = clients.filter((client) => client.deploymentId === deploymentId);
      await Promise.all(own.map((client) => tolerate('a call', () => callOf(client))));
    },
    problems: async (ids) => {
      for (const deploymentId of ids) {
        const refusal = await refusalAtRest(deploymentId);
        if (refusal === null) continue;
        const row = await world.read(deploymentId);
        const events = row?.events.slice(-8).map(({ status, phase, message }) => `\n    ${status} ${phase} ${message}`);
        found.push(`${deploymentId}, ${row?.status}, answers a new client with ${refusal}${events?.join('')}`);
      }
      for (const deploymentId of ids) {
        for (const client of clients.filter((one) => one.deploymentId === deploymentId))
          note('a call', await callOf(client));
      }
      const deadline = performance.now() + SETTLE_MS;
      while (served.endpoint.parkedCount() > 0 && performance.now() < deadline) await delay(20);
      if (served.endpoint.parkedCount() > 0) found.push(`${served.endpoint.parkedCount()} streams stay parked`);
      return found.splice(0);
    },
    close: async () => {
      for (const { leave } of clients) leave.abort();
      await served.close();
    },
  };
}
