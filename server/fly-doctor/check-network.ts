import type { resolve6 } from 'node:dns/promises';
import type { Env } from '../env.ts';
import { type Finding, missing, ok, sentenceOf, warning } from './finding.ts';

const TIMEOUT_MS = 10_000;

/** A single tenant's machines are reached over Fly's private network, which only a machine of Fly's is part of. */
export async function checkPrivateNetwork(
  env: Pick<Env, 'FLY_MCP_APP_NAME'>,
  resolve: typeof resolve6,
): Promise<Finding> {
  if (env.FLY_MCP_APP_NAME === undefined) {
    return ok('network', "Machines are reached through Fly's proxy: no private network is needed.");
  }
  try {
    await resolve('_api.internal');
    return ok('network', "This computer is on Fly's private network.");
  } catch {
    return warning(
      'network',
      "This computer is not on Fly's private network, over which machines are reached.",
      "Ask where Catwalk runs: fly ssh console --app YOUR-APP -C 'npm run fly:doctor'",
    );
  }
}

/** Clients connect to it, and OAuth needs it to be right. */
export async function checkPublicUrl(
  env: Pick<Env, 'PUBLIC_URL'>,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<Finding> {
  const url = env.PUBLIC_URL;
  if (url === undefined) {
    return missing('address', 'PUBLIC_URL is unset.', 'Set it to https://YOUR-APP.fly.dev, or to your own domain.');
  }
  if (!url.startsWith('https:')) {
    return missing('address', `PUBLIC_URL is ${url}.`, 'MCP clients such as Claude connect over https only.');
  }
  try {
    const answer = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'manual' });
    const text = await answer.text();
    if (answer.status === 200 && text.includes('"healthy"')) return ok('address', `Catwalk answers at ${url}.`);
    return warning(
      'address',
      `${url}/api/health answers ${answer.status}.`,
      'Before the first deploy that is expected.',
    );
  } catch (error) {
    return warning(
      'address',
      `${url} does not answer: ${sentenceOf(error)}`,
      'Before the first deploy that is expected.',
    );
  }
}
