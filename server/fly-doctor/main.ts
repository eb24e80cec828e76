import { resolve6 } from 'node:dns/promises';
import { createMachinesClient, FLY_MACHINES_API } from '#deploy/fly/client.ts';
import { EnvironmentError, readEnv } from '../env.ts';
import { checkApp, checkToken } from './check-app.ts';
import { checkDatabase } from './check-database.ts';
import { checkImage } from './check-image.ts';
import { checkPrivateNetwork, checkPublicUrl } from './check-network.ts';
import { checkTrustProxy } from './check-trust-proxy.ts';
import { type Finding, missing } from './finding.ts';

/** `npm run fly:doctor`: checks everything that Catwalk needs on Fly and reports what is missing. Changes nothing. */
async function diagnose(variables: Record<string, string | undefined>): Promise<Finding[]> {
  let env: ReturnType<typeof readEnv>;
  try {
    env = readEnv({ ...variables, NODE_ENV: 'production', MACHINES: 'fly' });
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return error.problems.map((problem) =>
      missing('environment', problem, 'fly secrets set NAME=value --app YOUR-APP'),
    );
  }
  const machines = createMachinesClient({
    baseUrl: env.FLY_API_BASE_URL ?? FLY_MACHINES_API,
    ...(env.FLY_API_TOKEN ? { token: env.FLY_API_TOKEN.reveal() } : {}),
  });
  try {
    const findings = await Promise.all([
      checkToken(machines, env),
      checkApp(machines, env),
      checkImage(env),
      checkPrivateNetwork(env, resolve6),
      checkPublicUrl(env),
      checkTrustProxy(env),
      checkDatabase(env),
    ]);
    return findings.flat();
  } finally {
    await machines.close();
  }
}

const MARKS = { ok: '✓', warning: '!', missing: '✗' } as const;

const findings = await diagnose(process.env);
for (const { what, state, seen, hint } of findings) {
  process.stdout.write(`${MARKS[state]} ${what.padEnd(12)} ${seen}\n`);
  if (hint && state !== 'ok') process.stdout.write(`${' '.repeat(15)}${hint}\n`);
}
const count = findings.filter(({ state }) => state === 'missing').length;
process.stdout.write(
  count === 0 ? '\nNothing is missing.\n' : `\n${count} ${count === 1 ? 'thing is' : 'things are'} missing.\n`,
);
process.exitCode = count === 0 ? 0 : 1;
