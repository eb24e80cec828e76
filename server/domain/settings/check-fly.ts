import type { MachinesClient } from '#deploy/fly/calls.ts';
import { isNotFound, isUnauthorized } from '#deploy/fly/errors.ts';
import { invalidInput, UserError } from '../errors.ts';
import { CHECK_TIMEOUT_MS, keyRefused, serviceAway } from './key-check.ts';
import type { ServiceFacts } from './service-key.ts';

export type FlyTarget = { organization: string | null; app: string };

export type CheckedFly = { facts: ServiceFacts; appExists: boolean };

type FlyCalls = Pick<MachinesClient, 'currentToken' | 'findApp' | 'listApps'>;

/**
 * Checks that the token may work in this app, or make it: an app that exists must lie in the organization, and one that
 * does not is made at the first deploy. Throws INVALID_INPUT naming the field, and SERVICE_UNREACHABLE.
 */
export async function checkFly(machines: FlyCalls, target: FlyTarget, signal: AbortSignal): Promise<CheckedFly> {
  const limits = { signal: AbortSignal.any([signal, AbortSignal.timeout(CHECK_TIMEOUT_MS)]) };
  try {
    const organization = target.organization ?? (await organizationOf(machines, limits));
    const app = await machines.findApp(target.app, limits).catch((error: unknown) => {
      // 403: the app exists in another organization. A malformed token is refused below.
      if (isUnauthorized(error)) return null;
      throw error;
    });
    if (app === null) {
      await machines.listApps(organization, limits);
      return { facts: { account: null, organization, app: target.app }, appExists: false };
    }
    if (app.organization !== null && app.organization !== organization && organization !== 'personal') {
      const message = `The app ${target.app} belongs to the organization ${app.organization}, not to ${organization}.`;
      throw invalidInput(message, [{ field: 'flyApp', message }], 'Name another app; one that does not exist is made.');
    }
    const facts = { account: null, organization: app.organization ?? organization, app: target.app };
    return { facts, appExists: true };
  } catch (error) {
    signal.throwIfAborted();
    if (isUnauthorized(error)) {
      throw keyRefused(
        'flyToken',
        target.organization === null
          ? 'Fly does not accept this token.'
          : `Fly does not accept this token for the organization ${target.organization}.`,
        'Make one for the organization: fly tokens create org',
      );
    }
    if (isNotFound(error)) {
      const message = `The organization ${target.organization ?? ''} does not exist on Fly, or this token cannot see it.`;
      throw invalidInput(message, [{ field: 'flyOrganization', message }], 'fly orgs list shows their slugs.');
    }
    if (error instanceof UserError) throw error;
    throw serviceAway('Fly', error);
  }
}

/** The organization that the token itself names. */
async function organizationOf(machines: FlyCalls, limits: { signal: AbortSignal }): Promise<string> {
  const organizations = [...new Set(await machines.currentToken(limits))];
  const [only] = organizations;
  if (only !== undefined && organizations.length === 1) return only;
  const message =
    only === undefined
      ? 'The token does not say which organization it is for.'
      : 'The token is for several organizations.';
  throw invalidInput(
    message,
    [{ field: 'flyOrganization', message: 'Name the organization.' }],
    'fly orgs list shows their slugs.',
  );
}
