/** An input is a file, a folder with all that is below it, or those files below it that end so: `folder/**.ts`. */
export type Step = { name: string; script: string; inputs: string[]; output: string };

/** What type checks and tests need. */
export const GENERATE: Step[] = [
  {
    name: 'database client',
    script: 'generate',
    inputs: ['prisma/schema.prisma', 'prisma.config.ts', 'package-lock.json'],
    output: 'prisma/generated/client/client.ts',
  },
  {
    name: 'typed documents',
    script: 'codegen',
    inputs: [
      'schema/schema.graphql',
      'client/src/**.tsx',
      'client/src/**.ts',
      'server/cli/operations/**.ts',
      'codegen.ts',
      'package-lock.json',
    ],
    output: 'client/src/generated/graphql.ts',
  },
];

/** What a start needs besides. */
export const BUNDLE: Step[] = [
  {
    name: 'host of local machines',
    script: 'bundle:host',
    inputs: ['deploy/host/**.ts', 'package-lock.json'],
    output: 'dist/host/host.cjs',
  },
  {
    name: 'dashboard',
    script: 'bundle:client',
    inputs: [
      'client',
      'server/domain/credentials/form.ts',
      'schema/schema.graphql',
      'vite.config.ts',
      'package-lock.json',
    ],
    output: 'dist/client/index.html',
  },
  {
    name: 'server',
    script: 'bundle:server',
    inputs: [
      'server/**.ts',
      'deploy/**.ts',
      'schema/**.ts',
      'prisma/schema.prisma',
      'prisma/**.ts',
      'scripts/bundle-server.ts',
      'scripts/packaging/**.ts',
      'package-lock.json',
    ],
    output: 'dist/server/server.js',
  },
];
