import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createMachinesClient } from '#deploy/fly/client.ts';
import { createLocalMachines, LOCAL_APP, type LocalMachinesOptions } from '#deploy/local/local-machines.ts';
import type { FindWorkplace, Workplace } from '#server/domain/deployments/workplace.ts';
import type { Env } from './env.ts';

const FLY_API = 'https://api.machines.dev';

export type Machines = {
  findWorkplace: FindWorkplace;
  /** The machines of the last server ended with it: none of its rows has one. */
  startsEmpty: boolean;
  close(): Promise<void>;
};

export type MachinesOptions = {
  env: Env;
  dataDir: string;
  /** This installation's id: names the apps of its users. */
  installation: string;
  /** What the hosts of local machines may see some of. */
  environment: Record<string, string | undefined>;
  hostCommand?: LocalMachinesOptions['hostCommand'];
  onHostOutput: (machineId: string, line: string) => void;
};

/** Where machines run: on this computer, in one app on Fly, or in an app for each owner. */
export async function openMachines(options: MachinesOptions): Promise<Machines> {
  return options.env.MACHINES === 'local' ? openLocal(options) : openFly(options);
}

/** The host as one file, built by `npm run build`: it starts sooner and takes half the memory of its sources. */
const HOST_BUNDLE = path.resolve(import.meta.dirname, '../dist/host/host.cjs');

/** With FLY_API_BASE_URL the local API is a process of its own, which several instances share. */
async function openLocal(options: MachinesOptions): Promise<Machines> {
  const { env, dataDir, environment, onHostOutput } = options;
  const bundle = existsSync(HOST_BUNDLE) ? { command: process.execPath, args: [HOST_BUNDLE] } : undefined;
  const hostCommand = options.hostCommand ?? bundle;
  const local =
    env.FLY_API_BASE_URL === undefined
      ? await createLocalMachines({
          dataDir,
          cacheDir: path.join(dataDir, 'cache'),
          environment: env.NPM_REGISTRY_URL
            ? { ...environment, npm_config_registry: env.NPM_REGISTRY_URL }
            : environment,
          onHostOutput,
          ...(hostCommand === undefined ? {} : { hostCommand }),
        })
      : null;
  const baseUrl = local?.baseUrl ?? env.FLY_API_BASE_URL ?? '';
  const machines = createMachinesClient({
    baseUrl,
    rateLimit: false,
    ...(env.FLY_API_TOKEN ? { token: env.FLY_API_TOKEN.reveal() } : {}),
  });
  const workplace: Workplace = { machines, app: LOCAL_APP, mode: { kind: 'local' }, image: 'local' };
  return {
    findWorkplace: async () => workplace,
    startsEmpty: local !== null,
    close: async () => {
      await local?.close();
      await machines.close();
    },
  };
}

function openFly({ env, installation }: MachinesOptions): Machines {
  const machines = createMachinesClient({
    baseUrl: env.FLY_API_BASE_URL ?? FLY_API,
    ...(env.FLY_API_TOKEN ? { token: env.FLY_API_TOKEN.reveal() } : {}),
  });
  const image = env.FLY_MCP_IMAGE ?? '';
  const shared = env.FLY_MCP_APP_NAME;
  if (shared !== undefined) {
    const workplace: Workplace = { machines, app: shared, mode: { kind: '6pn', app: shared }, image };
    return { findWorkplace: async () => workplace, startsEmpty: false, close: () => machines.close() };
  }

  const workplaces = new Map<string, Promise<Workplace>>();
  const makeWorkplace = async (ownerId: string): Promise<Workplace> => {
    const app = `catwalk-${createHash('sha256').update(`${installation} ${ownerId}`).digest('hex').slice(0, 20)}`;
    // A network of its own: servers of one owner cannot reach those of another.
    await machines.ensureApp({ name: app, organization: env.FLY_ORG, network: app, publicAddress: true });
    return { machines, app, mode: { kind: 'fly-proxy', app }, image };
  };
  return {
    startsEmpty: false,
    findWorkplace: (ownerId) => {
      const known = workplaces.get(ownerId);
      if (known) return known;
      const made = makeWorkplace(ownerId);
      workplaces.set(ownerId, made);
      made.catch(() => workplaces.delete(ownerId)); // tried again next time
      return made;
    },
    close: () => machines.close(),
  };
}
