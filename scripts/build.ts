/**
 * Builds what a start needs and what is not there yet: the database client, the dashboard's typed documents, the host,
 * the dashboard and the server. Each step is skipped while its inputs are the ones it was last built from.
 *
 *   node scripts/build.ts             all of it
 *   node scripts/build.ts --generate  only what type checks and tests need
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { createStaleness } from '#server/process/build/staleness.ts';
import { BUNDLE, GENERATE, type Step } from '#server/process/build/steps.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

function run(step: Step): void {
  process.stderr.write(`Building the ${step.name} …\n`);
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', step.script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}\nBuilding the ${step.name} failed: npm run ${step.script}\n`);
  process.exit(status ?? 1);
}

const staleness = createStaleness(ROOT);
for (const step of process.argv.includes('--generate') ? GENERATE : [...GENERATE, ...BUNDLE]) {
  if (!staleness.isStale(step)) continue;
  run(step);
  staleness.markBuilt(step);
}
