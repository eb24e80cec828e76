import { createHash } from 'node:crypto';
import type { HostConfig } from './host/contract.ts';

/** The host reads its configuration from this file inside the image. */
export const HOST_CONFIG_PATH = '/etc/catwalk/host.json';
/** The host listens on this port inside the image. */
export const HOST_PORT = 8080;

/** How machines are reached; decides whether Fly's proxy needs a service. */
export type Reach = 'local' | '6pn' | 'fly-proxy' | 'flycast' | 'remote' | 'bundle';

export const METADATA_KEYS = {
  installation: 'catwalk_installation',
  deployment: 'catwalk_deployment',
  release: 'catwalk_release',
  trial: 'catwalk_trial',
  /** configHash of the configuration: tells a machine that runs this release from one that runs an older form of it. */
  config: 'catwalk_config',
} as const;

/** The part of Fly's machine configuration that Catwalk uses. Holds secrets in `files`: never log it. */
export type MachineConfig = {
  image: string;
  env: Record<string, string>;
  guest: { cpu_kind: 'shared' | 'performance'; cpus: number; memory_mb: number };
  files: { guest_path: string; raw_value: string; mode?: number }[];
  restart: { policy: 'no' | 'on-failure' | 'always'; max_retries?: number };
  stop_config: { signal: string; timeout: string };
  metadata: Record<string, string>;
  auto_destroy: boolean;
  /** Instead of the command of the image. */
  init?: { cmd: string[] };
  services?: {
    protocol: 'tcp';
    internal_port: number;
    autostart: boolean;
    autostop: 'off' | 'stop' | 'suspend';
    min_machines_running: number;
    concurrency: { type: 'requests'; soft_limit: number; hard_limit: number };
    ports: { port: number; handlers: string[]; http_options: { compress: boolean; idle_timeout: number } }[];
  }[];
};

export type MachineConfigInput = {
  image: string;
  hostConfig: HostConfig;
  /** Without the hash, which is added here. */
  metadata: Record<string, string>;
  memoryMb: number;
  cpus?: number;
  cpuKind?: 'shared' | 'performance';
  reach: Reach;
  /** Plain variables of the host itself: nothing secret. */
  env?: Record<string, string>;
};

/** A call may be silent for as long as its tool works. first hour: F7 */
const IDLE_SECONDS_MAX = 600;

/** Nothing leaves Fly on the private network, and no certificate exists for names below `flycast`. */
const PORTS = {
  'fly-proxy': { port: 443, handlers: ['tls', 'http'] },
  flycast: { port: 80, handlers: ['http'] },
};

const services = (reach: keyof typeof PORTS): NonNullable<MachineConfig['services']> => [
  {
    protocol: 'tcp',
    internal_port: HOST_PORT,
    // Catwalk puts machines to sleep and wakes them; strangers who knock at the proxy must not.
    autostart: false,
    autostop: 'off',
    min_machines_running: 0,
    // Open streams count as requests: the host has caps of its own, lower than these.
    concurrency: { type: 'requests', soft_limit: 500, hard_limit: 1_000 },
    ports: [{ ...PORTS[reach], http_options: { compress: false, idle_timeout: IDLE_SECONDS_MAX } }],
  },
];

/** JSON with sorted keys and without undefined, so that equal configurations are equal strings. */
const stableJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, entry]) => entry !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${stableJson(entry)}`).join(',')}}`;
};

/**
 * sha256 over everything that a machine is given, secrets included. It can be shown: the host's random token is part
 * of the hashed text, so guesses of a short credential cannot be tried against it.
 */
export const configHash = (config: MachineConfig): string => {
  const { [METADATA_KEYS.config]: _itself, ...metadata } = config.metadata;
  return createHash('sha256')
    .update(stableJson({ ...config, metadata }))
    .digest('hex');
};

/** Builds what a machine is created with: the same for Fly and for this computer. */
export const buildMachineConfig = (input: MachineConfigInput): MachineConfig => {
  const hostConfig = stableJson({ ...input.hostConfig, memoryMb: input.memoryMb } satisfies HostConfig);
  const config: MachineConfig = {
    image: input.image,
    env: input.env ?? {},
    guest: { cpu_kind: input.cpuKind ?? 'shared', cpus: input.cpus ?? 1, memory_mb: input.memoryMb },
    files: [{ guest_path: HOST_CONFIG_PATH, raw_value: Buffer.from(hostConfig).toString('base64'), mode: 0o400 }],
    restart: { policy: 'on-failure', max_retries: 5 },
    stop_config: { signal: 'SIGTERM', timeout: '10s' },
    metadata: input.metadata,
    // Catwalk deletes machines itself: one that destroyed itself could not report why it ended.
    auto_destroy: false,
    ...(input.reach === 'fly-proxy' || input.reach === 'flycast' ? { services: services(input.reach) } : {}),
  };
  return { ...config, metadata: { ...config.metadata, [METADATA_KEYS.config]: configHash(config) } };
};
