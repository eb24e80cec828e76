import { randomBytes } from 'node:crypto';
import { machineHeaders } from '#deploy/address.ts';
import type { HostStatus } from '#deploy/host/contract.ts';
import { HOST_TOKEN_HEADER } from '#deploy/host/header-contract.ts';
import { PRIVATE_READINGS, reachesPrivately } from '#server/machines/private-addresses.ts';
import type { Check } from '../check.ts';
import type { World } from '../world.ts';

const VISIBLE_MS_MAX = 60_000;
const POLL_MS = 100;
const WAKE_MS = 2_000;
const INSTALL_MS_MAX = 20 * 60_000;

const idOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : '';

export const propagation: Check = {
  id: 'F2',
  assumes:
    'For up to a minute a new app answers 401, 403 or 404 in parts of Fly; reads with the cookie of a create see the machine.',
  async run(world, signal) {
    const app = world.newName();
    const made = await world.raw('POST', '/apps', {
      body: { name: app, app_name: app, org_slug: world.organization, network: app },
      signal,
    });
    const statuses: number[] = [];
    const until = world.clock.now() + VISIBLE_MS_MAX;
    const body = { name: 'first', region: world.region, config: world.probeConfig() };
    let created = await world.raw('POST', `/apps/${app}/machines`, { body, signal });
    statuses.push(created.status);
    while (created.status >= 400 && world.clock.now() < until) {
      await world.clock.sleep(POLL_MS * 5, signal);
      created = await world.raw('POST', `/apps/${app}/machines`, { body, signal });
      statuses.push(created.status);
    }
    const path = `/apps/${app}/machines/${idOf(created.body)}`;
    const withCookie = await world.raw('GET', path, { cookie: created.cookie, signal });
    const without = await world.raw('GET', path, { signal });
    const isBorne = statuses.slice(0, -1).every((status) => [401, 403, 404].includes(status));
    return {
      seen: `POST /apps answered ${made.status}; the first machine ${statuses.join(', ')}; a read at once ${withCookie.status} with the cookie (${created.cookie === null ? 'none was set' : 'set'}) and ${without.status} without.`,
      asAssumed: isBorne && created.status < 300 && withCookie.status === 200,
    };
  },
};

export const wake: Check = {
  id: 'F3',
  assumes:
    'After a start the proxy may answer 502, 503, 504, 408, 429 or 404 for a moment, and then lets calls through.',
  async run(world, signal) {
    const { app, machine } = await world.probe(signal);
    await world.machines.suspend(app, machine.id, { signal });
    await world.machines.wait(app, machine.id, { state: 'suspended', timeoutSeconds: 60 }, { signal });
    await world.machines.start(app, machine.id, { signal });
    const seen: string[] = [];
    for (const until = world.clock.now() + WAKE_MS; world.clock.now() < until; ) {
      const answer = await world.call(machine.id, app, '/headers', { signal }).catch(() => null);
      await answer?.body?.cancel();
      seen.push(answer === null ? 'no answer' : String(answer.status));
      await world.clock.sleep(POLL_MS, signal);
    }
    await world.answers(machine.id, app, signal);
    const kinds = [...new Set(seen)];
    const known = new Set(['200', '502', '503', '504', '408', '429', '404', 'no answer']);
    return {
      seen: `Calls of the first two seconds: ${kinds.join(', ')}.`,
      asAssumed: kinds.every((one) => known.has(one)),
    };
  },
};

export const privateAddress: Check = {
  id: 'F5',
  assumes:
    'A private address leads to machines in another network in one of two readings of `network`; else public ones do.',
  async run(world, signal) {
    const deps = { ...world, reachedMsMax: world.privateMs };
    const works: string[] = [];
    for (const reading of PRIVATE_READINGS) if (await reachesPrivately(deps, reading, signal)) works.push(reading);
    return {
      seen:
        works.length === 0
          ? 'No reading leads to a machine from here: run this where the backend runs.'
          : `The network is that of: ${works.join(', ')}. FLY_PRIVATE_ADDRESSES=auto uses it.`,
      asAssumed: works.length > 0 ? true : null,
    };
  },
};

const statusOf = async (world: World, app: string, id: string, token: string, signal: AbortSignal) => {
  const headers = { ...machineHeaders('fly-proxy', id), [HOST_TOKEN_HEADER]: token };
  const answer = await world.call(id, app, '/status', { headers, signal }).catch(() => null);
  return answer?.ok ? ((await answer.json()) as Partial<HostStatus>) : null; // what a host reports
};

export const throttledInstall: Check = {
  id: 'F8',
  assumes:
    'A package of six seconds of processor time is ready on shared-cpu-1x within minutes, and its host sees the throttling.',
  async run(world, signal) {
    const app = world.newName();
    const token = randomBytes(32).toString('base64url'); // the app has a public address
    const { organization, region, machines, clock } = world;
    const { name, version, env } = world.package;
    await machines.ensureApp({ name: app, organization, network: app, publicAddress: true }, { signal });
    const from = clock.now();
    const config = world.config({ token, package: { runtime: 'npm', name, version }, env, timeFactor: 4 });
    const { id } = await machines.create(app, { name: 'install', region, config }, { signal });
    let status: Partial<HostStatus> | null = null;
    while (clock.now() - from < INSTALL_MS_MAX && status?.phase !== 'READY' && status?.phase !== 'FAILED') {
      await clock.sleep(POLL_MS * 5, signal);
      status = await statusOf(world, app, id, token, signal);
    }
    const seconds = Math.round((clock.now() - from) / 1_000);
    const { wallMs = 0, heldBackMs = 0 } = status?.heldBack?.install ?? {};
    return {
      seen: `${name} was ${status?.phase ?? 'silent'} after ${seconds} s; its host counted ${Math.round(heldBackMs / 1_000)} of ${Math.round(wallMs / 1_000)} s of the installation as throttled.`,
      asAssumed: status?.phase === 'READY',
    };
  },
};
