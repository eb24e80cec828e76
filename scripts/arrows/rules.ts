/**
 * The arrows of ARCHITECTURE.md: which room may import from which. `npm run arrows` holds them. Types count as much
 * as values, and a relative path as much as `#server/…`.
 *
 * A room is a folder or a file. An import that leaves the innermost room around a file needs an arrow of that room; if it
 * leaves the next room too, an arrow of that one will do, and so on outward.
 * A name in a list is a room with everything in it; `*` stands for the files that lie directly in a folder.
 * Tests and `*.testing.ts` put real parts together, so they may import anything; no other file may import them.
 */
export type Room = {
  room: string;
  /** Rooms and files that it may import, or `anything`. */
  imports: readonly string[] | 'anything';
  /** Packages it may import; Node's own modules are packages. Every package when it is left out. */
  packages?: PackageRule;
  because: string;
};

export type PackageRule = { only: readonly string[] } | { not: readonly string[] };

/** The rooms inside one folder, named from there. */
const inside = (folder: string, rooms: readonly Room[]): Room[] =>
  rooms.map(({ room, imports, ...rest }) => ({
    ...rest,
    room: `${folder}/${room}`,
    imports: imports === 'anything' ? imports : imports.map((name) => `${folder}/${name}`),
  }));

const NODE = ['node:*'];
const WEB_FRAMEWORKS = ['express', 'graphql', 'graphql-*', '@pothos/*', 'helmet', 'better-auth', 'better-auth/*'];

export const ROOMS: readonly Room[] = [
  // ---- deploy: machines
  {
    room: 'deploy',
    imports: [],
    packages: { not: WEB_FRAMEWORKS },
    because: 'deploy/ is a leaf: it knows machines and nothing of the product',
  },
  ...inside('deploy', [
    {
      room: 'host',
      imports: [],
      packages: { only: NODE },
      because: 'the host ships inside the machine image, with Node and nothing else',
    },
    { room: 'fly', imports: ['*'], because: 'the client of the Machines API knows no server of it' },
    {
      room: 'local',
      imports: [
        '*',
        'fly',
        'host/contract.ts',
        'host/cli.ts',
        'host/json.ts',
        'host/remove-tree.ts',
        'host/child/end-processes.ts',
        'host/child/process-table.ts',
      ],
      because: 'the local Machines API starts the host as a program and speaks the wire format of Fly',
    },
    { room: 'image', imports: ['*', 'fly'], because: 'building the image needs the Machines API only' },
  ]),

  // ---- prisma and schema
  {
    room: 'prisma',
    imports: [],
    packages: { not: WEB_FRAMEWORKS },
    because: 'prisma/ is a leaf: rows and migrations only',
  },
  {
    room: 'schema',
    imports: ['prisma', 'server/domain'],
    packages: { not: ['express', 'helmet', 'better-auth', 'better-auth/*'] },
    because: 'GraphQL reads rows and calls domain services, and nothing else',
  },

  // ---- the shell
  { room: 'server/main.ts', imports: 'anything', because: 'it starts the server' },
  {
    room: 'server/start.ts',
    imports: ['server/process', 'server/main.ts'],
    because: 'it builds, then becomes the server',
  },
  { room: 'server/compose', imports: 'anything', because: 'this is the one folder that wires' },
  {
    room: 'server/env.ts',
    imports: ['prisma/postgres-address.ts', 'server/domain/credentials/secret.ts'],
    packages: { only: [...NODE, 'zod', 'ipaddr.js'] },
    because: 'reading the environment needs no part of the server',
  },
  {
    room: 'server/http',
    imports: ['schema', 'prisma', 'server/domain', 'server/health', 'server/logging', 'server/metrics'],
    because: 'HTTP serves the schema and the domain; the endpoint, workers and machines are wired elsewhere',
  },
  {
    room: 'server/mcp',
    imports: ['prisma', 'server/domain', 'server/logging', 'deploy/host/contract.ts', 'deploy/*'],
    packages: { not: WEB_FRAMEWORKS },
    because: 'the endpoint stands before every framework: nothing may buffer what it pipes',
  },
  {
    room: 'server/workers',
    imports: ['prisma', 'server/domain', 'server/logging', 'deploy/*', 'deploy/fly'],
    packages: { not: WEB_FRAMEWORKS },
    because: 'workers run domain code on a schedule and know no caller',
  },
  {
    room: 'server/metrics',
    imports: ['prisma', 'server/domain', 'server/logging', 'deploy/fly/transport.ts'],
    because: 'figures are read from rows, events and calls of the Machines API',
  },
  {
    room: 'server/health',
    imports: ['server/domain', 'server/machines', 'server/logging'],
    packages: { only: NODE },
    because: 'health follows from events and from calls of the Machines API',
  },
  {
    room: 'server/machines',
    imports: ['server/domain', 'server/env.ts', 'deploy/*', 'deploy/fly', 'deploy/local/local-machines.ts'],
    packages: { only: NODE },
    because: 'it decides where the machines of an owner run, and calls no other part of the shell',
  },
  {
    room: 'server/logging',
    imports: ['server/domain/credentials/known-secrets.ts'],
    packages: { only: [...NODE, 'pino'] },
    because: 'everything logs, so logging depends on nothing but the redaction of secrets',
  },
  { room: 'server/process', imports: [], packages: { only: NODE }, because: 'it knows the operating system only' },
  {
    room: 'server/cli',
    imports: ['deploy/host/cli.ts', 'server/main.ts', 'server/process'],
    because: 'the CLI is a client of the API; it starts the server and the host as programs',
  },
  {
    room: 'server/fly-doctor',
    imports: ['prisma', 'deploy/fly', 'server/env.ts', 'server/process'],
    because: 'it checks an installation from outside, without starting a part of it',
  },

  // ---- the domain
  {
    room: 'server/domain',
    imports: ['prisma', 'deploy/*', 'deploy/fly', 'deploy/host/contract.ts', 'deploy/host/redact.ts'],
    packages: { not: WEB_FRAMEWORKS },
    because: 'the domain knows no HTTP, no GraphQL and no environment; of the host it knows the contract only',
  },
  ...inside('server/domain', [
    { room: 'credentials', imports: ['*'], because: 'sealing and reading secrets needs nothing of the product' },
    { room: 'outbound', imports: ['*'], because: 'requests to addresses that users name know no product' },
    { room: 'audit', imports: ['*'], because: 'every part writes the audit trail, so it depends on none of them' },
    { room: 'usage', imports: ['*'], because: 'counting calls needs nothing else' },
    { room: 'logs', imports: ['*'], because: 'a log is followed, and not interpreted' },
    { room: 'quotas', imports: ['*'], because: 'limits are read by other rooms and read none of them' },
    { room: 'access', imports: ['*', 'audit'], because: 'a token is issued and revoked, and both are audited' },
    { room: 'identity', imports: ['*', 'audit', 'credentials'], because: 'people and their tokens know no deployment' },
    {
      room: 'members',
      imports: ['*', 'audit', 'deployments/intents/owner-intents.ts', 'identity', 'quotas', 'settings/sign-up.ts'],
      because: 'a member who is locked or deleted loses machines too',
    },
    {
      room: 'settings',
      imports: ['*', 'audit', 'credentials', 'outbound', 'quotas', 'identity/reserved-address.ts'],
      because: 'settings hold keys and limits, and use neither on a deployment',
    },
    {
      room: 'analysis',
      imports: ['*', 'credentials', 'outbound', 'quotas', 'settings'],
      because: 'an analysis reads a source and knows no deployment',
    },
    {
      room: 'registry',
      imports: ['*', 'outbound', 'analysis'],
      because: 'the copy of the registry is read with the parsers of the analysis',
    },
    {
      room: 'alerts',
      imports: ['*', 'outbound', 'settings'],
      because: 'an alert is delivered to an address of the settings',
    },
    {
      room: 'deployments',
      imports: ['*', 'alerts', 'analysis', 'audit', 'credentials'],
      because: 'a deployment runs what an analysis found',
    },
    {
      room: 'trials',
      imports: ['*', 'analysis', 'deployments'],
      because: 'a trial starts what an analysis found, on the machines of deployments',
    },
    {
      room: 'oauth',
      imports: ['*', 'access', 'audit', 'credentials', 'identity', 'outbound'],
      because: 'clients are authorized for an endpoint, whatever runs behind it',
    },
    {
      room: 'doctor',
      imports: ['*', 'access'],
      because: 'the connection doctor calls the endpoint from outside, as a client',
    },
    { room: 'retention', imports: ['*', 'analysis'], because: 'retention deletes rows and files by their age' },
  ]),
  ...inside('server/domain/analysis', [
    {
      room: 'context.ts',
      imports: ['detect', 'files', 'llm/reader.ts', 'registries', 'repository', 'progress.ts', 'result.ts'],
      because: 'it names the tools that the stages get; server/compose makes them',
    },
    { room: 'result.ts', imports: [], because: 'the result is data' },
    { room: 'progress.ts', imports: ['result.ts'], because: 'progress is data' },
    { room: 'source', imports: ['files', 'result.ts'], because: 'parsing reads a text and reaches for nothing' },
    { room: 'files', imports: [], because: 'files are bytes with a name' },
    {
      room: 'registries',
      imports: ['files', 'detect/manifests', 'detect/package-facts.ts', 'source'],
      because: 'a registry returns metadata and files, and judges neither',
    },
    {
      room: 'detect',
      imports: ['files', 'source', 'result.ts'],
      because: 'a detector reads files and returns facts; it reaches for no registry',
    },
    {
      room: 'learn',
      imports: ['detect', 'result.ts'],
      because: 'what a start showed changes a form, wherever it is kept',
    },
    {
      room: 'repository',
      imports: ['detect', 'files', 'source', 'result.ts'],
      because: 'it reads a repository that is already here',
    },
    {
      room: 'llm',
      imports: ['detect', 'registries', 'source', 'result.ts', 'context.ts', 'progress.ts'],
      because: 'the language model only adds to what was detected',
    },
    {
      room: 'candidates',
      imports: [
        'detect',
        'files',
        'registries',
        'repository',
        'source',
        'llm',
        'result.ts',
        'context.ts',
        'progress.ts',
      ],
      because:
        'candidates bring sources, registries and detectors together; a child process reads the files of strangers',
    },
  ]),
  ...inside('server/domain/deployments', [
    { room: 'status.ts', imports: [], because: 'predicates of a status are pure' },
    { room: 'rows', imports: ['status.ts'], because: 'rows know neither intents nor the reconciler' },
    { room: 'intents', imports: ['rows', '*'], because: 'an intent writes rows; the reconciler acts on them later' },
    { room: 'reconcile', imports: ['rows', 'status.ts'], because: 'the reconciler reads rows, and no intent' },
    { room: 'upkeep', imports: ['rows', 'status.ts'], because: 'upkeep works beside the reconciler, on the same rows' },
  ]),

  // ---- the dashboard
  {
    room: 'client',
    imports: ['server/domain/credentials/form.ts'],
    packages: { not: NODE },
    because: 'the dashboard knows the printed schema and one pure form builder, nothing else of the server',
  },
  ...inside('client/src', [
    {
      room: 'ui',
      imports: [],
      packages: { not: ['@apollo/*', 'graphql', 'graphql-ws'] },
      because: 'ui/ draws what it is given and knows no Apollo',
    },
    { room: 'navigation', imports: [], because: 'the table of pages is data' },
    { room: 'drafts', imports: ['generated', 'ui'], because: 'a draft is kept for a form, whatever it is about' },
    {
      room: 'apollo',
      imports: ['generated', 'ui/feedback'],
      because: 'the client of the API shows its own failures and nothing else',
    },
    {
      room: 'features',
      imports: ['generated', 'apollo', 'drafts', 'navigation', 'ui'],
      because: 'a feature owns its fragments and hooks, and knows no page',
    },
    {
      room: 'routes',
      imports: ['generated', 'apollo', 'drafts', 'navigation', 'ui', 'features'],
      because: 'a page owns its query and puts features together',
    },
  ]),

  // ---- around the product
  { room: 'scripts', imports: 'anything', because: 'scripts are started by people and imported by nothing' },
  { room: 'bench', imports: 'anything', because: 'benchmarks measure real parts' },
];
