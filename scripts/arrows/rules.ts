import { DOMAIN_ROOMS } from './domain-rules.ts';
import { inside, NODE, type Room, WEB_FRAMEWORKS } from './room.ts';

/**
 * The arrows of ARCHITECTURE.md: which room may import from which. `npm run arrows` holds them. Types count as much
 * as values, and a relative path as much as `#server/…`.
 *
 * A room is a folder or a file. An import that leaves the innermost room around a file needs an arrow of that room; if it
 * leaves the next room too, an arrow of that one will do, and so on outward.
 * A name in a list is a room with everything in it; `*` stands for the files that lie directly in a folder.
 * Tests and `*.testing.ts` put real parts together, so they may import anything; no other file may import them.
 */
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
        'host/header-contract.ts',
        'host/call-contract.ts',
        'host/wall-contract.ts',
        'host/cli.ts',
        'host/remove-tree.ts',
        'host/package-spec.ts',
        'host/kept/bytes-below.ts',
        'host/box/limits.ts',
        'host/box/probe.ts',
        'host/box/probe-network.ts',
        'host/box/named-paths.ts',
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
  { room: 'server/main.ts', imports: ['server/run-server.ts'], because: 'it is the server as a program' },
  { room: 'server/run-server.ts', imports: 'anything', because: 'it starts the server' },
  {
    room: 'server/start.ts',
    imports: ['server/process', 'server/main.ts'],
    because: 'it builds, then becomes the server',
  },
  { room: 'server/compose', imports: 'anything', because: 'this is the one folder that wires' },
  {
    room: 'server/env-values.ts',
    imports: ['prisma/postgres-address.ts', 'server/domain/credentials/secret.ts'],
    packages: { only: [...NODE, 'zod', 'ipaddr.js'] },
    because: 'reading the environment needs no part of the server',
  },
  {
    room: 'server/env.ts',
    imports: ['server/env-values.ts', 'server/domain/credentials/secret.ts'],
    packages: { only: [...NODE, 'zod'] },
    because: 'reading the environment needs no part of the server',
  },
  {
    room: 'server/http',
    imports: ['schema', 'prisma', 'server/domain', 'server/health', 'server/logging', 'server/metrics'],
    because: 'HTTP serves the schema and the domain; the endpoint, workers and machines are wired elsewhere',
  },
  {
    room: 'server/mcp',
    imports: [
      'prisma',
      'server/domain',
      'server/logging',
      'deploy/host/call-contract.ts',
      'deploy/host/contract.ts',
      'deploy/host/header-contract.ts',
      'deploy/host/lock-contract.ts',
      'deploy/host/view-contract.ts',
      'deploy/host/views/compiled-view.ts',
      'deploy/host/views/pattern.ts',
      'deploy/host/views/shown-list.ts',
      'deploy/host/token.ts',
      'deploy/*',
    ],
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
    imports: [
      'server/domain',
      'server/env.ts',
      'server/process/installation.ts',
      'deploy/*',
      'deploy/fly',
      'deploy/image',
      'deploy/host/contract.ts',
      'deploy/host/header-contract.ts',
      'deploy/host/package-spec.ts',
      'deploy/host/call-contract.ts',
      'deploy/host/wall-contract.ts',
      'deploy/local/local-machines.ts',
    ],
    packages: { only: NODE },
    because: 'it decides where the machines of an owner run, and calls no other part of the shell',
  },
  {
    room: 'server/remote',
    imports: [
      'prisma',
      'server/domain',
      'deploy/*',
      'deploy/host/contract.ts',
      'deploy/host/header-contract.ts',
      'deploy/host/package-spec.ts',
      'deploy/host/call-contract.ts',
      'deploy/host/wall-contract.ts',
      'deploy/host/token.ts',
      'deploy/host/bridge/answers.ts',
      'deploy/host/bridge/json-rpc.ts',
    ],
    packages: { not: WEB_FRAMEWORKS },
    because: 'it stands where a host stands, answers as one, and pipes: the endpoint does not know the difference',
  },
  {
    room: 'server/tracing',
    imports: ['server/mcp/traces.ts', 'deploy/host/call-contract.ts', 'deploy/host/trace-context.ts'],
    packages: { only: [...NODE, '@opentelemetry/*'] },
    because: 'spans are made of what the endpoint and the hosts report',
  },
  {
    room: 'server/logging',
    imports: ['server/domain/credentials/known-secrets.ts'],
    packages: { only: [...NODE, 'pino', 'pino-pretty'] },
    because: 'everything logs, so logging depends on nothing but the redaction of secrets',
  },
  { room: 'server/process', imports: [], packages: { only: NODE }, because: 'it knows the operating system only' },
  {
    room: 'server/connect',
    imports: [],
    packages: { only: [] },
    because: 'instructions for clients are texts, which the dashboard shows and the command line prints',
  },
  {
    room: 'server/cli',
    imports: ['deploy/host/cli.ts', 'server/run-server.ts', 'server/process', 'server/connect'],
    because: 'the CLI is a client of the API; it starts the server and the host as programs',
  },
  {
    room: 'server/fly-doctor',
    imports: ['prisma', 'deploy/fly', 'deploy/image', 'server/env.ts', 'server/process'],
    because: 'it checks an installation from outside, without starting a part of it',
  },

  {
    room: 'server/first-hour',
    imports: [
      'deploy/*',
      'deploy/fly',
      'deploy/image',
      'deploy/host/contract.ts',
      'deploy/host/header-contract.ts',
      'server/machines',
    ],
    because: 'it looks at Fly from outside, with the calls that the server makes',
  },

  ...DOMAIN_ROOMS,

  // ---- the dashboard
  {
    room: 'client',
    imports: ['server/domain/credentials/form.ts', 'server/connect', 'deploy/host/views/pattern.ts'],
    packages: { not: NODE },
    because:
      'the dashboard knows the printed schema, one pure form builder, guides for clients and the patterns of views',
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
