import { z } from 'zod';
import type { HostConfig } from '../host/contract.ts';
import { HOST_CONFIG_PATH } from '../machine-config.ts';
import { invalidArgument } from './api-error.ts';

/** The part of a configuration that the local API reads; the rest is kept and returned as it came. */
export const configSchema = z.looseObject({
  image: z.string().min(1),
  env: z.record(z.string(), z.string()).optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  files: z.array(z.looseObject({ guest_path: z.string(), raw_value: z.string().optional() })).optional(),
  restart: z.looseObject({ policy: z.string().optional(), max_retries: z.number().optional() }).optional(),
  stop_config: z.looseObject({ signal: z.string().optional(), timeout: z.string().optional() }).optional(),
  auto_destroy: z.boolean().optional(),
});

export type LocalConfig = z.output<typeof configSchema>;

export const createMachineSchema = z.looseObject({
  name: z.string().min(1).max(63).optional(),
  region: z.string().optional(),
  config: configSchema,
  skip_launch: z.boolean().optional(),
  lease_ttl: z.number().optional(),
});

export const updateMachineSchema = z.looseObject({
  name: z.string().optional(),
  region: z.string().optional(),
  config: configSchema,
  skip_launch: z.boolean().optional(),
  current_version: z.string().optional(),
});

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGKILL', 'SIGUSR1', 'SIGUSR2', 'SIGTERM'] as const;

export const stopSchema = z.looseObject({
  signal: z.enum(SIGNALS).optional(),
  timeout: z.union([z.string(), z.number()]).optional(),
});

export const leaseSchema = z.looseObject({ ttl: z.number().optional(), description: z.string().optional() });
export const metadataValueSchema = z.looseObject({ value: z.string() });
export const createAppSchema = z
  .looseObject({
    name: z.string().optional(),
    app_name: z.string().optional(),
    org_slug: z.string().optional(),
    network: z.string().optional(),
  })
  .refine((app) => app.name !== undefined || app.app_name !== undefined, { error: 'name is required' });

export const assignAddressSchema = z.looseObject({
  type: z.enum(['shared_v4', 'v4', 'v6', 'private_v6']),
  network: z.string().optional(),
});

export const signalOf = (signal: string | undefined): NodeJS.Signals =>
  SIGNALS.find((known) => known === signal) ?? 'SIGTERM';

export const parse = <Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> => {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalidArgument(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
};

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A Go duration (`1m30s`), or a number of seconds. */
export const durationMs = (value: string | number | undefined, fallbackMs: number): number => {
  if (value === undefined || value === '') return fallbackMs;
  if (typeof value === 'number' || /^\d+(\.\d+)?$/.test(value)) return Number(value) * 1_000;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(value)) throw invalidArgument(`time: invalid duration "${value}"`);
  let total = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  return total;
};

/** The host's configuration out of the file that Fly would write into the image. It stays in memory. */
export const hostConfigOf = (config: LocalConfig): HostConfig => {
  const file = config.files?.find((entry) => entry.guest_path === HOST_CONFIG_PATH);
  if (file?.raw_value === undefined) throw invalidArgument(`config.files has no ${HOST_CONFIG_PATH}`);
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(file.raw_value, 'base64').toString('utf8'));
  } catch {
    throw invalidArgument(`${HOST_CONFIG_PATH} is not JSON`);
  }
  if (typeof content !== 'object' || content === null) throw invalidArgument(`${HOST_CONFIG_PATH} is not an object`);
  return content as HostConfig; // the host checks its own configuration, as it does on Fly
};
