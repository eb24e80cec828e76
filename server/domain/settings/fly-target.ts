import type { Queryable } from '#prisma/client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { invalidInput, UserError } from '../errors.ts';
import type { FlyTarget } from './check-fly.ts';
import type { ServiceFacts } from './service-key.ts';
import type { SettingsChange } from './views.ts';

const NAMES_SHOWN = 5;
/** Fly's rule for names of apps, which become host names. */
const APP_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/;
const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

export type AppNames = { own: string; platform: string; shared: string | null };

/**
 * Decides which app of which organization a change selects: the organization stays as long as the token does, the app
 * unless another one is named.
 */
export function flyTargetFor(change: SettingsChange, kept: ServiceFacts | null, names: AppNames): FlyTarget {
  const sameToken = change.flyToken === undefined;
  const organization =
    change.flyOrganization === undefined ? (sameToken ? (kept?.organization ?? null) : null) : change.flyOrganization;
  const app = (change.flyApp === undefined ? kept?.app : change.flyApp) ?? names.own;
  if (organization !== null && !SLUG.test(organization)) {
    throw wrong('flyOrganization', 'A slug of an organization has small letters, digits and dashes.');
  }
  if (!APP_NAME.test(app)) throw wrong('flyApp', "An app's name has small letters, digits and dashes, 63 at most.");
  // Machines that are there already must not seem to belong to another account.
  if (app === names.platform || app === names.shared) throw wrong('flyApp', 'The platform uses this app already.');
  return { organization, app };
}

/** Deployments that need an owner's own Fly account: they have a machine there, or may be getting one right now. */
export async function namesHeldBy(db: Queryable, ownerId: string, app: string): Promise<string[]> {
  const where: Prisma.DeploymentWhereInput = {
    ownerId,
    OR: [
      { machines: { some: { app } } },
      { desired: 'RUNNING', phase: { not: null }, status: { not: 'FAILED' }, machines: { none: {} } },
    ],
  };
  const rows = await db.deployment.findMany({ where, select: { name: true }, orderBy: { name: 'asc' } });
  return rows.map(({ name }) => name);
}

export function stillHeld(names: readonly string[], target: { organization: string; app: string }): UserError {
  const more = names.length - NAMES_SHOWN;
  const list = names.slice(0, NAMES_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
  const verb = names.length === 1 ? 'runs' : 'run';
  return new UserError('CONFLICT', `${list} ${verb} in your Fly app ${target.app} of ${target.organization}.`, {
    kind: 'conflict',
    hint: 'Without this token their machines could neither be watched nor removed. Delete these deployments first.',
  });
}

const wrong = (field: string, message: string) => invalidInput(message, [{ field, message }]);
