import type { MachinesClient } from '#deploy/fly/calls.ts';
import { isUnauthorized } from '#deploy/fly/errors.ts';
import type { Env } from '../env.ts';
import { type Finding, missing, ok, sentenceOf, warning } from './finding.ts';

type Calls = Pick<MachinesClient, 'findApp' | 'listApps' | 'list'>;
const TIMEOUT_MS = 10_000;

/** Checks the permissions of the token: list the organization's apps, and the machines of the shared app. */
export async function checkToken(machines: Calls, env: Pick<Env, 'FLY_ORG'>): Promise<Finding> {
  try {
    const apps = await machines.listApps(env.FLY_ORG, { timeoutMs: TIMEOUT_MS });
    return ok('token', `FLY_API_TOKEN sees the organization ${env.FLY_ORG} and its ${apps.length} apps.`);
  } catch (error) {
    return missing(
      'token',
      isUnauthorized(error)
        ? `Fly does not accept FLY_API_TOKEN for the organization ${env.FLY_ORG}.`
        : `The Machines API could not be asked: ${sentenceOf(error)}`,
      isUnauthorized(error) ? 'fly tokens create org, and FLY_ORG as fly orgs list shows it.' : 'Is the network there?',
    );
  }
}

/** The one app of a single tenant. Without it each user gets an app, made when it is first needed. */
export async function checkApp(machines: Calls, env: Pick<Env, 'FLY_ORG' | 'FLY_MCP_APP_NAME'>): Promise<Finding> {
  const name = env.FLY_MCP_APP_NAME;
  if (name === undefined) {
    return ok('app', 'FLY_MCP_APP_NAME is unset: every user gets an app on a network of its own.');
  }
  try {
    const app = await machines.findApp(name, { timeoutMs: TIMEOUT_MS });
    if (app === null) return missing('app', `There is no app ${name}.`, `fly apps create ${name} --org ${env.FLY_ORG}`);
    const running = await machines.list(name, { summary: true }, { timeoutMs: TIMEOUT_MS });
    if (app.organization !== null && app.organization !== env.FLY_ORG && env.FLY_ORG !== 'personal') {
      return warning(
        'app',
        `The app ${name} belongs to ${app.organization}, and FLY_ORG is ${env.FLY_ORG}.`,
        'Name an app of the same organization, else its private network is another one.',
      );
    }
    return ok('app', `The app ${name} is there, with ${running.length} machines.`);
  } catch (error) {
    const hint = isUnauthorized(error) ? 'It may belong to another organization: choose another name.' : 'Try again.';
    return missing('app', `The app ${name} could not be looked at: ${sentenceOf(error)}`, hint);
  }
}
