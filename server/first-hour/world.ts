import { randomBytes } from 'node:crypto';
import type { Clock } from '#deploy/clock.ts';
import type { MachinesClient } from '#deploy/fly/calls.ts';
import { authorization } from '#deploy/fly/transport.ts';
import type { Machine } from '#deploy/fly/wire.ts';
import type { HostConfig } from '#deploy/host/contract.ts';
import { buildMachineConfig, type MachineConfig } from '#deploy/machine-config.ts';
import { PROBE_PROGRAM } from './probe-program.ts';

export type WorldOptions = {
  /** The address of the Machines API, `https://…` or `http://…`. */
  baseUrl: string;
  token: string;
  organization: string;
  /** The machine image. */
  image: string;
  region: string;
  machines: MachinesClient;
  /** Reaches machines through Fly's proxy. */
  fetch: typeof globalThis.fetch;
  clock: Clock;
  /** How late the late answer comes. */
  lateMs: number;
  /** How long a private address is tried. */
  privateMs: number;
  /** The npm package whose installation is measured. */
  package: { name: string; version: string; env: Record<string, string> };
};

const READY_MS_MAX = 180_000;
const POLL_MS = 250;

/** An answer of the Machines API as it came: no retry, no time limit but the signal's. */
export type RawAnswer = { status: number; body: unknown; cookie: string | null; milliseconds: number };

/** What all checks share: apps and machines that are made for them and deleted at the end. */
export function createWorld(options: WorldOptions) {
  const { machines, organization, image, region, fetch, clock } = options;
  const apps = new Set<string>();
  let probe: Promise<{ app: string; machine: Machine }> | null = null;

  const newName = (): string => {
    const name = `catwalk-first-hour-${randomBytes(5).toString('hex')}`;
    apps.add(name); // before it is made: what was perhaps made is deleted too
    return name;
  };

  const config = (hostConfig: Partial<HostConfig>, more: Partial<MachineConfig> = {}): MachineConfig => ({
    ...buildMachineConfig({
      image,
      hostConfig: {
        package: { runtime: 'command', command: 'true', args: [] },
        args: [],
        env: {},
        isolation: 'AUTO',
        ...hostConfig,
      },
      metadata: {},
      memoryMb: 512,
      reach: 'fly-proxy',
    }),
    ...more,
  });

  /** The configuration of a machine that runs the probe instead of the host. */
  const probeConfig = (): MachineConfig =>
    config({}, { init: { cmd: ['node', '--input-type=module', '-e', PROBE_PROGRAM] } });

  const call = async (machine: string, app: string, path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`https://${app}.fly.dev${path}`, {
      ...init,
      headers: { 'fly-force-instance-id': machine, ...(init.headers as Record<string, string> | undefined) },
    });

  const answers = async (machine: string, app: string, signal: AbortSignal): Promise<void> => {
    const until = clock.now() + READY_MS_MAX;
    while (clock.now() < until) {
      const answer = await call(machine, app, '/headers', { signal }).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.ok) return;
      await clock.sleep(POLL_MS, signal);
    }
    throw new Error('The probe did not answer within three minutes.');
  };

  return {
    ...options,
    newName,
    config,
    probeConfig,
    call,
    answers,
    /** The machine that most checks call: made once. */
    probe: (signal: AbortSignal): Promise<{ app: string; machine: Machine }> => {
      probe ??= (async () => {
        const app = newName();
        await machines.ensureApp({ name: app, organization, network: app, publicAddress: true }, { signal });
        const machine = await machines.create(app, { name: 'probe', region, config: probeConfig() }, { signal });
        await answers(machine.id, app, signal);
        return { app, machine };
      })();
      return probe;
    },
    /** One call of the Machines API as it is. */
    raw: async (method: string, path: string, init: { body?: object; cookie?: string | null; signal: AbortSignal }) => {
      const from = performance.now();
      const answer = await globalThis.fetch(`${options.baseUrl.replace(/\/+$/, '')}/v1${path}`, {
        method,
        headers: {
          authorization: authorization(options.token),
          'content-type': 'application/json',
          ...(init.cookie ? { cookie: init.cookie } : {}),
        },
        ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
        signal: init.signal,
      });
      const body: unknown = await answer.json().catch(() => null);
      const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? null;
      return {
        status: answer.status,
        body,
        cookie,
        milliseconds: Math.round(performance.now() - from),
      } satisfies RawAnswer;
    },
    /** Deletes every app that was made; returns the names of those that are still there. */
    cleanUp: async (): Promise<string[]> => {
      const left: string[] = [];
      for (const app of apps) await machines.deleteApp(app).catch(() => left.push(app));
      return left;
    },
  };
}

export type World = ReturnType<typeof createWorld>;
