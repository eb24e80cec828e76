import { randomBytes } from 'node:crypto';
import { machineAddress } from '#deploy/address.ts';
import type { Clock } from '#deploy/clock.ts';
import type { MachinesClient } from '#deploy/fly/calls.ts';
import { HOST_MARK_HEADER, HOST_TOKEN_HEADER } from '#deploy/host/header-contract.ts';
import { buildMachineConfig } from '#deploy/machine-config.ts';

/**
 * Fly's documentation disagrees on the `network` of a private address (flycast): that of the callers (networking/flycast)
 * or that of the app itself (blueprints/warm-pool). first hour: F5
 */
export const PRIVATE_READINGS = ['caller', 'own'] as const;
export type PrivateReading = (typeof PRIVATE_READINGS)[number];

/** What was found out once: the reading that works here, or that none does. */
export type PrivateAddresses = PrivateReading | 'none';

export const isPrivateAddresses = (value: unknown): value is PrivateAddresses =>
  value === 'none' || PRIVATE_READINGS.some((reading) => reading === value);

/** The `network` to ask for; absent: the organization's own, in which the backend is. */
export const networkOf = (reading: PrivateReading, app: string): string | undefined =>
  reading === 'own' ? app : undefined;

const REACHED_MS_MAX = 90_000;
const POLL_MS = 500;
const LOOK_MS_MAX = 5_000;

export type ProbeDeps = {
  machines: MachinesClient;
  organization: string;
  image: string;
  region: string;
  fetch: typeof globalThis.fetch;
  clock: Clock;
  /** How long one reading is tried; default 90 s. */
  reachedMsMax?: number;
};

/**
 * Makes an app on a network of its own with a private address, puts a host into it and reports whether this process
 * reaches it. Everything is deleted afterwards.
 */
export async function reachesPrivately(
  deps: ProbeDeps,
  reading: PrivateReading,
  signal: AbortSignal,
): Promise<boolean> {
  const { machines, organization, image, region, fetch, clock } = deps;
  const app = `catwalk-probe-${randomBytes(6).toString('hex')}`;
  const token = randomBytes(32).toString('base64url');
  const network = networkOf(reading, app);
  try {
    await machines.ensureApp(
      { name: app, organization, network: app, privateAddress: network === undefined ? {} : { network } },
      { signal },
    );
    const created = await machines.create(
      app,
      {
        name: 'probe',
        region,
        config: buildMachineConfig({
          image,
          hostConfig: {
            token,
            package: { runtime: 'command', command: 'true', args: [] },
            args: [],
            env: {},
            isolation: 'AUTO',
          },
          metadata: {},
          memoryMb: 256,
          reach: 'flycast',
        }),
      },
      { signal },
    );
    const address = machineAddress(created, { kind: 'flycast', app });
    if (address === null) return false;
    const until = clock.now() + (deps.reachedMsMax ?? REACHED_MS_MAX);
    while (clock.now() < until) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS_MAX)]);
      const headers = { ...address.headers, [HOST_TOKEN_HEADER]: token };
      const answer = await fetch(`${address.origin}/status`, { headers, signal: limit }).catch(() => null);
      await answer?.body?.cancel();
      if (answer !== null && (answer.ok || answer.headers.has(HOST_MARK_HEADER))) return true;
      await clock.sleep(POLL_MS, signal);
    }
    return false;
  } finally {
    await machines.deleteApp(app);
  }
}

/** Tries both readings. Rejects when Fly refuses what a probe needs: then nothing was found out. */
export async function probePrivateAddresses(deps: ProbeDeps, signal: AbortSignal): Promise<PrivateAddresses> {
  for (const reading of PRIVATE_READINGS) if (await reachesPrivately(deps, reading, signal)) return reading;
  return 'none';
}
