import { isIP } from 'node:net';
import { BUNDLE_ORIGIN, REMOTE_ORIGIN } from '#deploy/address.ts';
import type { PrismaClient } from '#prisma/client.ts';
import { isUuid } from '#server/domain/access/uuid.ts';
import { parseDigests } from '#server/domain/deployments/rows/offer.ts';
import { parseRules } from '#server/domain/deployments/views/rules.ts';
import { loadPersonal } from './personal/load-personal.ts';
import type { DrainingTarget, MachineTarget, Route } from './route.ts';

export type LoadRouteDeps = {
  prisma: PrismaClient;
  /** Decrypts the secret of a release's host. */
  openHostToken: (release: { id: string; deploymentId: string; hostToken: string }) => Promise<string>;
  /** Headers a machine is picked with, such as Fly's instance header; none by default. */
  machineHeaders?: (machine: { app: string; machineId: string; origin: string }) => Record<string, string>;
};

/** Fly's name for one machine; `_api.internal` and the other apps of the network are none. */
const MACHINE_NAME = /^[0-9a-z]+\.vm\.[0-9a-z-]+\.internal$/;

/**
 * Reports whether an address can be that of a machine of ours. The address comes from our own row only; this is the
 * second lock on the same door: not the metadata service, not a neighbor on the private network, not a URL with a path
 * or a user.
 */
export function isMachineOrigin(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.origin !== address) return false;
  const name = url.hostname;
  if (url.protocol === 'https:') return name.endsWith('.fly.dev');
  if (url.protocol !== 'http:') return false;
  if (address === REMOTE_ORIGIN || address === BUNDLE_ORIGIN) return true; // our own gateways: the one checks where it connects to
  return MACHINE_NAME.test(name) || name === 'localhost' || (isIP(name) === 4 && name.startsWith('127.'));
}

/** Reads a deployment's route from the rows; null when there is no such deployment, or it is on its way out. */
export function createRouteLoader({ prisma, openHostToken, machineHeaders = () => ({}) }: LoadRouteDeps) {
  return async (deploymentId: string): Promise<Route | null> => {
    if (!isUuid(deploymentId)) return null;
    const row = await prisma.deployment.findUnique({
      where: { id: deploymentId },
      select: {
        ownerId: true,
        name: true,
        status: true,
        phase: true,
        desired: true,
        failure: true,
        access: true,
        sleepAfterMinutes: true,
        answersWhileAsleep: true,
        recordsBodies: true,
        currentReleaseId: true,
        definitionLock: { select: { version: true } },
        currentRelease: { select: { offerDigests: true, offerVaries: true, personalFields: true } },
        accessTokens: {
          where: { revokedAt: null },
          select: { id: true, kind: true, hash: true, expiresAt: true, makerId: true, viewId: true },
        },
        views: { select: { id: true, name: true, revision: true, rules: true } },
        members: {
          orderBy: { position: 'asc' },
          select: {
            prefix: true,
            deploymentId: true,
            viewId: true,
            deployment: { select: { name: true, ownerId: true } },
          },
        },
        bundles: { select: { bundleId: true, viewId: true, bundle: { select: { ownerId: true } } } },
        machines: {
          where: { destroyAt: null, machineId: { not: null } },
          orderBy: { createdAt: 'desc' },
          select: {
            app: true,
            machineId: true,
            address: true,
            formerMachineIds: true,
            drainingAt: true,
            releaseId: true,
            release: { select: { id: true, deploymentId: true, hostToken: true, personalFields: true } },
          },
        },
      },
    });
    if (!row || row.desired === 'DELETED') return null;

    const personalFields = row.currentRelease?.personalFields ?? [];
    const personal = personalFields.length === 0 ? null : await loadPersonal(prisma, deploymentId, personalFields, row);
    let current: MachineTarget | null = null;
    let currentMachineId: string | null = null;
    let former: readonly string[] = [];
    const draining: DrainingTarget[] = [];
    for (const machine of row.machines) {
      const { machineId, address: origin, formerMachineIds, drainingAt } = machine;
      if (machineId === null) continue;
      const isCurrent = drainingAt === null && machine.releaseId === row.currentReleaseId && currentMachineId === null;
      if (!isCurrent && drainingAt === null) continue; // a release that is still on its way
      // Sessions that shared a key do not go on beside those that must not.
      if (!isCurrent && machine.release.personalFields.join() !== personalFields.join()) continue;
      if (isCurrent) {
        currentMachineId = machineId;
        former = formerMachineIds;
      }
      if (origin === null || !isMachineOrigin(origin)) continue;
      const token = await openHostToken(machine.release);
      const headers = machineHeaders({ app: machine.app, machineId, origin });
      const target = { machineId, origin, headers, token };
      if (drainingAt === null) current = target;
      else draining.push({ ...target, drainingSinceMs: drainingAt.getTime() });
    }

    return {
      deploymentId,
      ownerId: row.ownerId,
      name: row.name,
      status: row.status,
      phase: row.phase,
      failure: readFailure(row.failure),
      access: row.access,
      answersWhileAsleep: row.sleepAfterMinutes !== null && row.answersWhileAsleep,
      recordsBodies: row.recordsBodies,
      tokens: row.accessTokens.map(({ id, hash, expiresAt, viewId }) => ({
        id,
        hash,
        expiresAtMs: expiresAt?.getTime() ?? null,
        ...(viewId === null ? {} : { viewId }),
      })),
      lockVersion: row.definitionLock?.version ?? 0,
      views: row.views.map((view) => ({ ...view, rules: parseRules(view.rules) })),
      // Only while both have one owner: a bundle gives its callers what its owner may give.
      members: row.members
        .filter(({ deployment }) => deployment.ownerId === row.ownerId)
        .map(({ prefix, deploymentId: id, viewId, deployment }) => ({
          prefix,
          deploymentId: id,
          viewId,
          name: deployment.name,
        })),
      bundles: row.bundles
        .filter(({ bundle }) => bundle.ownerId === row.ownerId)
        .map(({ bundleId, viewId }) => ({ bundleId, viewId })),
      releaseId: row.currentReleaseId,
      offerDigests: parseDigests(row.currentRelease?.offerDigests),
      personal,
      // What one caller received with an own key is not for others.
      hasOffer:
        personal === null && row.currentRelease?.offerVaries === false && row.currentRelease.offerDigests !== null,
      current,
      currentMachineId,
      formerMachineIds: former,
      draining,
    };
  };
}

function readFailure(failure: unknown): Route['failure'] {
  if (typeof failure !== 'object' || failure === null) return null;
  const { code, message } = failure as { code?: unknown; message?: unknown }; // checked in the next line
  return typeof code === 'string' && typeof message === 'string' ? { code, message } : null;
}
