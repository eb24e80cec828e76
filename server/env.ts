import { z } from 'zod';
import { Secret } from '#server/domain/credentials/secret.ts';
import {
  databaseUrl,
  httpUrl,
  integer,
  machinesUrl,
  origin,
  origins,
  proxyUrl,
  secret,
  smtpUrl,
  trustProxy,
} from './env-values.ts';

/** The only reader of the environment in server/. Each variable has its meaning and its default here. */

const variables = {
  NODE_ENV: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .describe('`production` makes secrets mandatory and cookies Secure.'),
  PORT: integer(0, 65_535).default(3000).describe('The port of the server; 0 for any free port.'),
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe('The address that the server listens on. The default accepts connections from this computer only.'),
  PUBLIC_URL: origin
    .optional()
    .describe('The origin under which clients reach the server; `http://localhost:PORT` when unset.'),
  CATWALK_DATA_DIR: z
    .string()
    .default('.catwalk')
    .describe('The folder of the embedded database, generated secrets and caches.'),
  CACHE_GB: integer(1, 10_000)
    .default(20)
    .describe(
      'How many GB of installed packages and unpacked images are kept for machines of this computer; the longest unused go first.',
    ),
  CATWALK_PROCESSES: integer(1, 64)
    .default(1)
    .describe('The number of processes behind the port, to use several cores; more than 1 requires DATABASE_URL.'),
  TRUST_PROXY: trustProxy
    .optional()
    .describe(
      'The trusted proxies in front of the server: `fly`, their number, or their addresses. Only their X-Forwarded-For is used.',
    ),
  HTTPS_PROXY: proxyUrl
    .optional()
    .describe(
      'An HTTP proxy that leads to the Internet, for client documents and keys of trusted issuers; `https_proxy` works too.',
    ),
  NO_PROXY: z
    .string()
    .optional()
    .describe('Hosts that are reached without that proxy, separated by commas; `no_proxy` works too.'),
  CLIENT_DOCUMENTS: z
    .enum(['auto', 'on', 'off'])
    .default('auto')
    .describe(
      'Client documents of OAuth (an address as the client id) are offered: `auto` while the MCP registry can be reached over the public Internet, or always, or never.',
    ),
  CORS_ORIGINS: origins
    .optional()
    .describe('Origins of browser-based MCP clients that may call endpoints, separated by commas.'),
  REMOTE_ORIGINS_TRUSTED: origins
    .optional()
    .describe(
      'Origins of remote MCP servers that may have a private address or go without HTTPS, separated by commas.',
    ),
  ALERT_ORIGINS_TRUSTED: origins
    .optional()
    .describe('Origins that receive alerts and may have a private address or go without HTTPS, separated by commas.'),
  IMAGE_REGISTRIES_TRUSTED: origins
    .optional()
    .describe(
      'Origins of registries of container images that may have a private address or go without HTTPS, separated by commas.',
    ),
  DATABASE_URL: databaseUrl
    .optional()
    .describe(
      'A PostgreSQL database, with `sslmode` as in libpq; when unset, a database is embedded in the data folder.',
    ),
  CALL_LOG_DAYS: integer(0, 90).default(7).describe('How many days the calls of clients are kept; 0 records none.'),
  CALL_LOG_ROWS: integer(100, 10_000_000)
    .default(100_000)
    .describe('How many calls of a deployment are kept at most: the newest ones.'),
  DATABASE_OUTAGE_SECONDS: integer(0, 3600)
    .default(60)
    .describe('How long endpoints go on from memory while the database is away, as during a failover.'),
  DIRECT_DATABASE_URL: databaseUrl
    .optional()
    .describe('The same database without a transaction pooler, for migrations and LISTEN.'),
  ENCRYPTION_KEY: secret
    .optional()
    .describe(
      'One or more `kid:base64` keys of 32 bytes; the first one seals. Generated in the data folder when unset.',
    ),
  AUTH_SECRET: z
    .string()
    .min(32, 'must have at least 32 characters')
    .transform((value) => new Secret(value))
    .optional()
    .describe('Signs sessions. Generated in the data folder when unset.'),
  GITHUB_CLIENT_ID: z.string().optional().describe('The client id of a GitHub OAuth app, for signing in with GitHub.'),
  GITHUB_CLIENT_SECRET: secret.optional().describe('The secret of that app.'),
  GITHUB_TOKEN: secret.optional().describe('A GitHub token, which raises the rate limit for reading repositories.'),
  GITHUB_API_URL: httpUrl
    .default('https://api.github.com')
    .describe("The address of GitHub's REST API, or of GitHub Enterprise."),
  NPM_REGISTRY_URL: httpUrl.optional().describe("The npm registry; npm's own configuration when unset."),
  PYPI_URL: httpUrl.default('https://pypi.org').describe('The Python package index.'),
  ADVISORIES: z
    .string()
    .optional()
    .describe(
      'Known advisories about packages in the OSV format: a folder of JSON files, or the address of a JSON file. Deployed servers are compared with them once a day.',
    ),
  ADVISORIES_NPM_URL: httpUrl
    .optional()
    .describe(
      "A registry that offers npm's bulk endpoint for advisories: receives names and versions of installed npm packages once a day.",
    ),
  MCP_REGISTRY_URL: httpUrl.default('https://registry.modelcontextprotocol.io').describe('The MCP registry.'),
  MCP_DIRECTORY_URL: httpUrl
    .optional()
    .describe('A second directory beside the MCP registry, with the API of Glama (`https://glama.ai/api/mcp/v1`).'),
  OPENROUTER_API_KEY: secret.optional().describe('A key for the language model that completes an analysis. Optional.'),
  OPENROUTER_BASE_URL: httpUrl
    .default('https://openrouter.ai/api/v1')
    .describe('The address of OpenRouter, or of an API that is compatible with it.'),
  OPENROUTER_MODEL: z.string().default('anthropic/claude-haiku-4.5').describe('The language model.'),
  FLY_API_TOKEN: secret
    .optional()
    .describe('A Fly.io token. With it, servers run on Fly.io; without it, on this computer.'),
  FLY_API_BASE_URL: machinesUrl
    .optional()
    .describe('The address of the Machines API: `https://…`, `http://…` or `unix:/path`; Fly.io when unset.'),
  FLY_ORG: z.string().default('personal').describe("The organization that owns the apps of users' machines."),
  FLY_MCP_APP_NAME: z
    .string()
    .optional()
    .describe(
      "The Fly app of the administrator's machines, on its own private network; every other user gets an app of their own.",
    ),
  FLY_PRIVATE_ADDRESSES: z
    .enum(['off', 'auto'])
    .default('off')
    .describe(
      "`auto`: machines of users get no public address where the organization's private network leads to them; tried once, and remembered. `off`: public addresses, with a token.",
    ),
  FLY_MCP_IMAGE: z.string().optional().describe('The image of the machines; required on Fly.io.'),
  MACHINES: z
    .enum(['fly', 'local'])
    .optional()
    .describe('Where servers run; the default is `fly` when FLY_API_TOKEN is set, else `local`.'),
  MACHINES_ISOLATION: z
    .enum(['require', 'auto', 'none'])
    .default('auto')
    .describe(
      'Walls around local servers: `require` starts only with boxes (bubblewrap) and then allows several users, `auto` uses boxes where they work, `none` makes none.',
    ),
  RATE_LIMIT_PER_MINUTE: integer(1, 1_000_000)
    .default(600)
    .describe('The limit of API requests per minute and caller.'),
  ENDPOINT_RATE_LIMIT_PER_MINUTE: integer(0, 10_000_000)
    .optional()
    .describe(
      'The limit of endpoint requests per minute and caller; 0 for none. When unset, 6000, and none while machines are local.',
    ),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('The lowest level that is logged.'),
  LOG_FORMAT: z
    .enum(['json', 'pretty'])
    .optional()
    .describe('JSON lines, or lines for people. When unset, lines for people in a terminal, and JSON elsewhere.'),
  SMTP_URL: smtpUrl
    .optional()
    .describe(
      'A mail server, `smtps://user:password@host`, for sign-in links by mail: to sign up or replace a password.',
    ),
  MAIL_FROM: z
    .string()
    .optional()
    .describe('The sender of mails; `Catwalk <no-reply@…>` with the host of PUBLIC_URL when unset.'),
  METRICS_PORT: integer(0, 65_535)
    .optional()
    .describe(
      'Serves /metrics without a token on a port of its own, at HOST, for scrapers that can send none. The network must hide it.',
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl
    .optional()
    .describe(
      'A collector of OpenTelemetry that takes OTLP over HTTP, such as `http://localhost:4318`: receives the traces of calls. `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_EXPORTER_OTLP_HEADERS` apply, too.',
    ),
  METRICS_TOKEN: secret.optional().describe('Enables /metrics for callers that send this bearer token.'),
};

export const environmentSchema = z.object(variables);
type Raw = z.infer<typeof environmentSchema>;

export type Env = Raw & {
  MACHINES: 'fly' | 'local';
  /** Servers can read what this user can: nobody else may have an account. */
  singlePerson: boolean;
  /** Requests per minute; null for no limit. */
  endpointRateLimit: number | null;
};

/** A bad environment: each problem names its variable. Values are not repeated, since they may be secret. */
export class EnvironmentError extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.name = 'EnvironmentError';
    this.problems = problems;
  }
}

/** Proxies are often named in small letters. */
const alias = (name: string): string => (name.endsWith('_PROXY') ? name.toLowerCase() : name);

/** Reads the environment. An empty variable counts as unset. Throws EnvironmentError with every problem at once. */
export function readEnv(source: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(
    Object.keys(variables).flatMap((name) => {
      const value = (source[name] ?? source[alias(name)])?.trim();
      return value ? [[name, value]] : [];
    }),
  );
  const parsed = environmentSchema.safeParse(present);
  if (!parsed.success) {
    throw new EnvironmentError(parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}.`));
  }
  const raw = parsed.data;
  const problems = contradictions(raw);
  if (problems.length > 0) throw new EnvironmentError(problems);
  const machines = raw.MACHINES ?? (raw.FLY_API_TOKEN ? 'fly' : 'local');
  const endpointRate = raw.ENDPOINT_RATE_LIMIT_PER_MINUTE ?? (machines === 'local' ? 0 : 6000);
  const singlePerson = machines === 'local' && raw.MACHINES_ISOLATION !== 'require';
  return { ...raw, MACHINES: machines, singlePerson, endpointRateLimit: endpointRate === 0 ? null : endpointRate };
}

/** Every secret of the environment; the log redacts them. */
export const secretsOf = (env: Env): string[] =>
  Object.values(env).flatMap((value) => (value instanceof Secret ? value.reveal().split(/[\s,]+/) : []));

/** The problems that follow from several variables together. */
function contradictions(raw: Raw): string[] {
  const problems: string[] = [];
  const production = raw.NODE_ENV === 'production';
  const fly = raw.MACHINES === 'fly' || (raw.MACHINES === undefined && raw.FLY_API_TOKEN !== undefined);
  if (production && raw.MACHINES === undefined && !raw.FLY_API_TOKEN) {
    problems.push(
      'FLY_API_TOKEN: is missing. In production, servers run on Fly.io. To run them on this computer as this user, set MACHINES=local.',
    );
  }
  if (raw.MACHINES === 'fly' && !raw.FLY_API_TOKEN) problems.push('FLY_API_TOKEN: is required with MACHINES=fly.');
  if (fly && !raw.FLY_MCP_IMAGE) problems.push('FLY_MCP_IMAGE: is required for machines on Fly.io.');
  if (raw.MACHINES_ISOLATION === 'require' && raw.FLY_API_BASE_URL && !fly) {
    problems.push(
      'MACHINES_ISOLATION: set it where the local Machines API runs (--isolation require); this server cannot check it there.',
    );
  }
  if (production && !raw.ENCRYPTION_KEY) {
    problems.push('ENCRYPTION_KEY: is required in production. Create one: openssl rand -base64 32');
  }
  if (production && !raw.AUTH_SECRET) {
    problems.push('AUTH_SECRET: is required in production. Create one: openssl rand -base64 48');
  }
  if (production && fly && !raw.PUBLIC_URL) problems.push('PUBLIC_URL: is required in production on Fly.io.');
  if (Boolean(raw.GITHUB_CLIENT_ID) !== Boolean(raw.GITHUB_CLIENT_SECRET)) {
    problems.push('GITHUB_CLIENT_ID: set it together with GITHUB_CLIENT_SECRET, or set neither.');
  }
  if (raw.CATWALK_PROCESSES > 1 && !raw.DATABASE_URL) {
    problems.push('CATWALK_PROCESSES: the embedded database serves one process; set DATABASE_URL for more.');
  }
  if (raw.CATWALK_PROCESSES > 1 && !fly && !raw.FLY_API_BASE_URL) {
    problems.push(
      'CATWALK_PROCESSES: must be 1 while servers run on this computer, because they end with the process that started them.',
    );
  }
  if (raw.DIRECT_DATABASE_URL && !raw.DATABASE_URL) {
    problems.push('DIRECT_DATABASE_URL: requires DATABASE_URL.');
  }
  return problems;
}
