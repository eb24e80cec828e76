import { randomUUID } from 'node:crypto';
import type { Transaction } from '#prisma/client.ts';
import type { Deployment } from '#prisma/generated/client/client.ts';
import type { EndpointAccess } from '#prisma/generated/client/enums.ts';
import { type Actor, requireWrite } from '#server/domain/actor.ts';
import { auditDeployment, writeAudit } from '#server/domain/audit/audit.ts';
import { saveCredentialSet } from '#server/domain/credentials/credential-set.ts';
import { UserError } from '#server/domain/errors.ts';
import { originOf } from '#server/domain/token-origin.ts';
import { nameFor } from '../intents/admission.ts';
import { lockDeployment } from '../intents/intent.ts';
import type { IntentDeps } from '../intents/intent-deps.ts';
import { addRelease, type ReleaseContent } from '../rows/releases.ts';
import { newSlug, replaceSlug } from '../rows/slug.ts';
import { recordEvent } from '../rows/transition.ts';
import { type CheckedMember, checkMembers, type MemberInput } from './check-members.ts';

const CONTENT: ReleaseContent = {
  runtime: 'bundle',
  package: 'bundle',
  version: 'bundle',
  integrity: null,
  spec: { runtime: 'bundle' },
  credentialVersion: 1,
};
/** A bundle runs no process: it has no variables, no arguments and no secrets. */
const NO_PAYLOAD = {
  credentials: {},
  arguments: {},
  extraArguments: [],
  extraEnvironment: {},
  rendered: { args: [], env: {}, files: [], secrets: [] },
};

export type CreateBundleInput = {
  name: string;
  slug?: string | null;
  access: EndpointAccess;
  members: readonly MemberInput[];
};

export interface BundleService {
  /** Makes a deployment that is several others at one address, with its first token. */
  create(actor: Actor, input: CreateBundleInput): Promise<{ deploymentId: string; accessToken: string | null }>;
  /** Replaces its members, or its short name. Clients that listen are notified that the lists changed. */
  update(
    actor: Actor,
    input: { id: string; members?: readonly MemberInput[] | null; slug?: string | null },
  ): Promise<void>;
}

async function keepMembers(tx: Transaction, bundleId: string, members: readonly CheckedMember[]): Promise<void> {
  await tx.bundleMember.deleteMany({ where: { bundleId } });
  await tx.bundleMember.createMany({
    data: members.map(({ deploymentId, viewId, prefix }, position) => ({
      bundleId,
      deploymentId,
      viewId,
      prefix,
      position,
    })),
  });
}

/** Bundles are deployments whose release names no package: access, sharing, OAuth and audit are those of deployments. */
export function createBundleService(
  deps: Pick<IntentDeps, 'database' | 'events' | 'envelopes' | 'now' | 'defaults' | 'admitMachine' | 'newAccessToken'>,
): BundleService {
  const { database, events, envelopes } = deps;

  const announce = async (tx: Transaction, ids: Iterable<string>) => {
    for (const id of new Set(ids)) await events.publish(tx, 'access', id);
  };

  return {
    create: async (actor, { name, slug: wanted, access, members: given }) => {
      requireWrite(actor);
      const token = deps.newAccessToken();
      const id = randomUUID();
      await database.transaction(async (tx) => {
        await deps.admitMachine(tx, actor.userId, null);
        const members = await checkMembers(tx, actor, actor.userId, given);
        const now = deps.now();
        const shownName = nameFor(name);
        const slug = await newSlug(tx, { id, name: shownName }, wanted ?? null, now);
        const created: Deployment = await tx.deployment.create({
          data: {
            id,
            ownerId: actor.userId,
            name: shownName,
            slug,
            source: 'bundle',
            access,
            // A ping opens a session: it is sent as rarely as to a process for each session.
            isolation: 'PER_SESSION',
            fields: { credentials: [], arguments: [], fixedArguments: [] },
            ...deps.defaults,
            status: 'DEPLOYING',
            phase: 'QUEUED',
            phaseSince: now,
            nextCheckAt: now,
          },
        });
        const shown = { arguments: [], extraArguments: [] };
        await saveCredentialSet(tx, envelopes, { deploymentId: id, version: 1, payload: NO_PAYLOAD, shown });
        const release = await addRelease(tx, envelopes, created, CONTENT, 'deploy');
        await tx.deployment.update({ where: { id }, data: { targetReleaseId: release.id } });
        await keepMembers(tx, id, members);
        if (access !== 'PUBLIC')
          await tx.accessToken.create({
            data: {
              deploymentId: id,
              name: 'First token',
              hash: token.hash,
              prefix: token.prefix,
              makerId: actor.userId,
              ...originOf(actor, null),
            },
          });
        const message = `Putting ${members.length} servers together.`;
        const { status, phase } = created;
        await recordEvent(tx, events, created, { status, phase, message, releaseId: release.id }, now);
        await events.publish(tx, 'work', id);
        await announce(
          tx,
          members.map(({ deploymentId }) => deploymentId),
        );
        const { package: content, version } = CONTENT;
        await writeAudit(
          tx,
          { actor, ownerId: actor.userId },
          { type: 'deployment.created', name: created.name, package: content, version },
          id,
        );
      });
      return { deploymentId: id, accessToken: access === 'PUBLIC' ? null : token.token };
    },

    update: async (actor, { id, members: given, slug: wanted }) => {
      requireWrite(actor);
      await database.transaction(async (tx) => {
        const bundle = await lockDeployment(tx, actor, id, 'OWN');
        if ((await tx.release.count({ where: { deploymentId: id, runtime: 'bundle' } })) === 0)
          throw new UserError('CONFLICT', 'This deployment is not a bundle.', {
            kind: 'conflict',
            hint: 'Create a bundle with this deployment as one of its servers.',
          });
        const before = await tx.bundleMember.findMany({ where: { bundleId: id }, select: { deploymentId: true } });
        if (given != null) await keepMembers(tx, id, await checkMembers(tx, actor, bundle.ownerId, given));
        const changed = wanted == null ? null : await replaceSlug(tx, bundle, wanted, deps.now());
        if (changed !== null) await tx.deployment.update({ where: { id }, data: { slug: changed } });
        const slug = changed ?? bundle.slug;
        const after = await tx.bundleMember.findMany({
          where: { bundleId: id },
          orderBy: { position: 'asc' },
          select: { deploymentId: true, deployment: { select: { name: true } } },
        });
        const names = after.map(({ deployment }) => deployment.name);
        await auditDeployment(tx, actor, bundle, { type: 'bundle.updated', members: names, slug });
        await announce(tx, [id, ...before.map((one) => one.deploymentId), ...after.map((one) => one.deploymentId)]);
      });
    },
  };
}
