import { z } from 'zod';

/** Every state that the API names. A state that it adds later reads as `unknown`, which no caller may act on. */
export const MACHINE_STATES = [
  'creating',
  'created',
  'starting',
  'started',
  'stopping',
  'stopped',
  'suspending',
  'suspended',
  'restarting',
  'updating',
  'replacing',
  'launch_failed',
  'failed',
  'destroying',
  'destroyed',
  'replaced',
  'migrating',
  'migrated',
] as const;

export type MachineState = (typeof MACHINE_STATES)[number] | 'unknown';

const stateSchema = z.enum([...MACHINE_STATES, 'unknown']).catch('unknown');

const exitEventSchema = z.object({
  exit_code: z.number().nullish(),
  guest_exit_code: z.number().nullish(),
  oom_killed: z.boolean().nullish(),
  requested_stop: z.boolean().nullish(),
  restarting: z.boolean().nullish(),
  exited_at: z.union([z.string(), z.number()]).nullish(),
});

const exitRequestSchema = z.object({
  MonitorEvent: z.object({ exit_event: exitEventSchema.nullish() }).nullish(),
  exit_event: exitEventSchema.nullish(),
  restart_count: z.number().nullish(),
});

/** How a machine's main process ended. */
export type MachineExit = {
  exitCode: number | null;
  oomKilled: boolean;
  /** The stop was requested, through the API or by Fly's proxy. */
  requestedStop: boolean;
  /** The restart policy starts it again. */
  restarting: boolean;
  /** ISO 8601. */
  exitedAt: string | null;
  /** How often the policy has restarted it already. */
  restartCount: number;
};

/** Never throws: `request` is null on most events, and its shape belongs to Fly's daemon rather than to the API. */
const readExit = (request: unknown): MachineExit | null => {
  const parsed = exitRequestSchema.safeParse(request);
  if (!parsed.success) return null;
  // The monitor's own record is the fuller one: where both are there, the other may lack `oom_killed`.
  const exit = parsed.data.MonitorEvent?.exit_event ?? parsed.data.exit_event;
  if (!exit) return null;
  const { exited_at: exitedAt } = exit;
  return {
    exitCode: exit.exit_code ?? exit.guest_exit_code ?? null,
    oomKilled: exit.oom_killed ?? false,
    requestedStop: exit.requested_stop ?? false,
    restarting: exit.restarting ?? false,
    exitedAt: typeof exitedAt === 'number' ? new Date(exitedAt).toISOString() : (exitedAt ?? null),
    restartCount: parsed.data.restart_count ?? 0,
  };
};

const eventSchema = z
  .object({
    id: z.string().nullish(),
    type: z.string().nullish(),
    status: z.string().nullish(),
    source: z.string().nullish(),
    timestamp: z.number().nullish(),
    request: z.unknown().optional(),
  })
  .transform((event) => ({
    id: event.id ?? null,
    type: event.type ?? 'unknown',
    status: event.status ?? null,
    source: event.source ?? null,
    /** Milliseconds since the epoch. */
    timestamp: event.timestamp ?? null,
    exit: event.type === 'exit' ? readExit(event.request) : null,
  }));

const checkSchema = z
  .object({
    name: z.string().nullish(),
    status: z.string().nullish(),
    output: z.string().nullish(),
    updated_at: z.string().nullish(),
  })
  .transform((check) => ({
    name: check.name ?? '',
    status: check.status ?? 'unknown',
    output: check.output ?? '',
    updatedAt: check.updated_at ?? null,
  }));

/** Only what we read: `env` and `files` hold secrets and are dropped right here, so no log can meet them. */
const configSchema = z
  .object({
    metadata: z.record(z.string(), z.string()).nullish(),
    guest: z
      .object({ cpu_kind: z.string().nullish(), cpus: z.number().nullish(), memory_mb: z.number().nullish() })
      .nullish(),
  })
  .transform((config) => ({
    metadata: config.metadata ?? {},
    guest: {
      cpuKind: config.guest?.cpu_kind ?? null,
      cpus: config.guest?.cpus ?? null,
      memoryMb: config.guest?.memory_mb ?? null,
    },
  }));

export const machineSchema = z
  .object({
    id: z.string().min(1),
    name: z.string().nullish(),
    state: stateSchema,
    region: z.string().nullish(),
    instance_id: z.string().nullish(),
    private_ip: z.string().nullish(),
    created_at: z.string().nullish(),
    updated_at: z.string().nullish(),
    config: configSchema.nullish(),
    host_status: z.enum(['ok', 'unknown', 'unreachable']).nullish().catch('unknown'),
    checks: z.array(checkSchema).nullish(),
    events: z.array(eventSchema).nullish(),
    local_port: z.number().int().min(1).max(65_535).nullish(),
  })
  .transform((machine) => ({
    id: machine.id,
    name: machine.name ?? '',
    state: machine.state satisfies MachineState,
    region: machine.region ?? null,
    /** Unique for each version of the machine's configuration. */
    instanceId: machine.instance_id ?? null,
    privateIp: machine.private_ip ?? null,
    /** ISO 8601. */
    createdAt: machine.created_at ?? null,
    updatedAt: machine.updated_at ?? null,
    /** Null in a summary. */
    config: machine.config ?? null,
    /** A summary does not say, and what is not said counts as ok. */
    hostStatus: machine.host_status ?? ('ok' as const), // keeps the union, which ?? would widen to string
    checks: machine.checks ?? [],
    /** Newest first; empty in a summary. */
    events: machine.events ?? [],
    /** Local machines only: the loopback port its host listens on, null until it does. */
    localPort: machine.local_port ?? null,
  }));

export type Machine = z.output<typeof machineSchema>;

export const machineListSchema = z.array(machineSchema).nullable();

/** How the machine's main process last ended, as far as the kept events tell. */
export const exitEventOf = (machine: Pick<Machine, 'events'>): MachineExit | null =>
  machine.events.find((event) => event.exit !== null)?.exit ?? null;

/** Exited by itself, failing, again and again: the policy is still restarting what will not run. */
export const isCrashLoop = (exit: MachineExit): boolean =>
  exit.restarting && !exit.requestedStop && exit.restartCount > 1 && exit.exitCode !== 0;

export const waitSchema = z.object({ ok: z.boolean().nullish(), state: stateSchema.nullish() });

export const startSchema = z.object({ previous_state: stateSchema.nullish() });

export const appSchema = z
  .object({
    name: z.string(),
    status: z.string().nullish(),
    network: z.string().nullish(),
    organization: z.object({ slug: z.string().nullish() }).nullish(),
  })
  .transform((app) => ({
    name: app.name,
    status: app.status ?? null,
    network: app.network ?? null,
    organization: app.organization?.slug ?? null,
  }));

export type App = z.output<typeof appSchema>;

export const appListSchema = z.object({ apps: z.array(appSchema).nullish() });

/** Organizations that the token covers: it may be several tokens in one. */
export const currentTokenSchema = z.object({
  tokens: z.array(z.object({ org_slug: z.string().nullish() })).nullish(),
});

export const ipAssignmentsSchema = z.object({
  ips: z.array(z.object({ ip: z.string().nullish(), shared: z.boolean().nullish() })).nullish(),
});

export const errorBodySchema = z.object({ error: z.string().nullish(), status: z.unknown().optional() });
