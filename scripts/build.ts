/**
 * Builds what a start needs and what is not there yet: the database client, the dashboard's typed documents, the host,
 * the dashboard and the server. Each step is skipped while its inputs are the ones it was last built from.
 *
 *   node scripts/build.ts             all of it
 *   node scripts/build.ts --generate  only what type checks and tests need
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

type Step = { name: string; script: string; inputs: string[]; output: string };

const ROOT = path.resolve(import.meta.dirname, '..');

const GENERATE: Step[] = [
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
      'client/src/**/*.tsx',
      'client/src/**/*.ts',
      'server/cli/operations/*.ts',
      'codegen.ts',
      'package-lock.json',
    ],
    output: 'client/src/generated/graphql.ts',
  },
];

const BUNDLE: Step[] = [
  {
    name: 'host of local machines',
    script: 'bundle:host',
    inputs: ['deploy/host/**/*.ts', 'package-lock.json'],
    output: 'dist/host/host.cjs',
  },
  {
    name: 'dashboard',
    script: 'bundle:client',
    inputs: [
      'client/**/*',
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
      'server/**/*.ts',
      'deploy/**/*.ts',
      'schema/**/*.ts',
      'prisma/*',
      'scripts/bundle-server.ts',
      'scripts/packaging/bundle.ts',
      'package-lock.json',
    ],
    output: 'dist/server/server.js',
  },
];

const isTest = (name: string): boolean => /\.(test|testing)\.tsx?$/.test(name);

function hashInputs(step: Step): string {
  const hash = createHash('sha256');
  const files = step.inputs
    .flatMap((pattern) => globSync(pattern, { cwd: ROOT, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !isTest(entry.name) && !entry.parentPath.includes('generated'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(path.relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function run(step: Step): void {
  const stamp = path.join(ROOT, path.dirname(step.output), '.inputs');
  const inputs = hashInputs(step);
  const upToDate =
    existsSync(path.join(ROOT, step.output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs;
  if (upToDate) return;
  process.stderr.write(`Building the ${step.name} …\n`);
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', step.script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}\nBuilding the ${step.name} failed: npm run ${step.script}\n`);
    process.exit(status ?? 1);
  }
  writeFileSync(stamp, inputs);
}

for (const step of process.argv.includes('--generate') ? GENERATE : [...GENERATE, ...BUNDLE]) run(step);
