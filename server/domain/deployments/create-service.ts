import { randomUUID } from 'node:crypto';
import type { PackageSpec } from '#deploy/host/contract.ts';
import type { Database, Transaction } from '#prisma/client.ts';
import { type Deployment, Prisma, type Release } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import type { AuditEntry } from '#server/domain/audit/entries.ts';
import { openCredentialSet, saveCredentialSet } from '#server/domain/credentials/credential-set.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import { notFound, UserError } from '#server/domain/errors.ts';
import type { Events } from '#server/domain/events.ts';
import { checkPlace, checkSleep, findCandidate, nameFor, type PlaceLimits } from './admission.ts';
import { type DeploymentFields, parseFields } from './fields.ts';
import { type Intent, lockDeployment, writeIntent } from './intent.ts';
import type { UpdateDeploymentInput } from './model.ts';
import { buildPayload, valuesOf } from './payload.ts';
import { addRelease, contentOf, type ReleaseContent, type ReleaseReason } from './releases.ts';
import type { DeploymentService } from './service.ts';
import { isServing } from './status.ts';
import { recordEvent } from './transition.ts';

export type DeploymentServiceDeps = PlaceLimits & {
  database: Pick<Database, 'prisma' | 'transaction'>;
  events: Events;
  envelopes: Envelopes;
  now: () => Date;
  /** The quota: in the transaction of what takes up a machine. Throws LIMIT_REACHED. */
  admitMachine(tx: Transaction, userId: string, deploymentId: string | null): Promise<void>;
  /** The exact version and integrity of a package: the newest (`version` null) or a given one. Throws UserErrors. */
  resolvePackage(spec: PackageSpec, version: string | null, signal: AbortSignal): Promise<PackageSpec>;
  newAccessToken(): { token: string; hash: Uint8Array<ArrayBuffer>; prefix: string };
};

const RESOLVE_TIMEOUT_MS = 20_000;
/** A JSON column that is emptied. */
const CLEARED = Prisma.DbNull;

export function createDeploymentService(deps: DeploymentServiceDeps): DeploymentService {
  const { database, events, envelopes } = deps;

  /** One that needs a machine again takes up a place again. */
  const write = async (tx: Transaction, actor: Actor, deployment: Deployment, intent: Intent): Promise<void> => {
    if (intent.columns.status === 'DEPLOYING') await deps.admitMachine(tx, actor.userId, deployment.id);
    await writeIntent(tx, events, deployment, intent, deps.now());
  };

  /** One intent: lock, change, record, audit, in one transaction. */
  const intend = (
    actor: Actor,
    id: string,
    entry: AuditEntry,
    change: (tx: Transaction, deployment: Deployment) => Promise<Intent> | Intent,
  ): Promise<void> =>
    database.transaction(async (tx) => {
      const deployment = await lockDeployment(tx, actor, id);
      await write(tx, actor, deployment, await change(tx, deployment));
      await writeAudit(tx, { actor, ownerId: actor.userId }, entry, id);
    });

  const releaseOf = (tx: Transaction, deployment: Deployment): Promise<Release> =>
    tx.release.findUniqueOrThrow({ where: { id: deployment.targetReleaseId ?? deployment.currentReleaseId ?? '' } });

  /** The intent that rolls out a release: the status stays while another one serves. */
  const rollOut = (deployment: Deployment, release: Release, message: string): Intent => ({
    message,
    releaseId: release.id,
    columns: {
      targetReleaseId: release.id,
      desired: 'RUNNING',
      status: servesNow(deployment) ? deployment.status : 'DEPLOYING',
      phase: 'QUEUED',
      phaseSince: deps.now(),
      ...(servesNow(deployment) ? {} : { failure: CLEARED }),
    },
  });

  /** One that sleeps and is not being woken, nor replaced by another release, wakes up. */
  const wakeUp = ({ phase }: Deployment): Intent['columns'] =>
    phase === null ? { phase: 'STARTING_MACHINE', phaseSince: deps.now() } : {};

  const release = (
    actor: Actor,
    id: string,
    reason: ReleaseReason,
    contentFor: (tx: Transaction, deployment: Deployment, latest: Release) => Promise<ReleaseContent> | ReleaseContent,
    columns: Intent['columns'] = {},
  ): Promise<void> =>
    database.transaction(async (tx) => {
      const deployment = await lockDeployment(tx, actor, id);
      const latest = await releaseOf(tx, deployment);
      const content = await contentFor(tx, deployment, latest);
      const changed = await tx.deployment.update({ where: { id }, data: columns });
      const added = await addRelease(tx, envelopes, changed, content, reason);
      const intent = rollOut(changed, added, `Release ${added.number}: ${content.package} ${content.version}.`);
      await write(tx, actor, changed, intent);
      await writeAudit(
        tx,
        { actor, ownerId: actor.userId },
        {
          type: 'deployment.redeployed',
          release: added.number,
          reason,
          package: content.package,
          version: content.version,
        },
        id,
      );
    });

  /** The payload of a version of the credentials, with changes applied and saved as the next version. */
  const nextCredentials = async (
    tx: Transaction,
    deployment: Deployment,
    baseVersion: number,
    change: (values: ReturnType<typeof valuesOf>) => ReturnType<typeof valuesOf>,
  ): Promise<number> => {
    const where = { deploymentId: deployment.id };
    const base = await tx.credentialSet.findUniqueOrThrow({
      where: { deploymentId_version: { ...where, version: baseVersion } },
    });
    const newest = await tx.credentialSet.aggregate({ where, _max: { version: true } });
    const version = (newest._max.version ?? 0) + 1;
    const values = change(valuesOf(await openCredentialSet(envelopes, base)));
    const payload = buildPayload(parseFields(deployment.fields), values);
    await saveCredentialSet(tx, envelopes, { deploymentId: deployment.id, version, payload });
    return version;
  };

  return {
    deploy: async (actor, input) => {
      const { candidate, source } = await findCandidate(database.prisma, actor, input);
      const fields: DeploymentFields = {
        credentials: candidate.credentials,
        arguments: candidate.arguments,
        fixedArguments: candidate.fixedArguments,
      };
      const payload = buildPayload(fields, input);
      const size = checkPlace(deps, input);
      const spec =
        input.version == null ? candidate.spec : await deps.resolvePackage(candidate.spec, input.version, timeLimit());
      const deployment = {
        id: randomUUID(),
        ownerId: actor.userId,
        name: nameFor(input.name ?? candidate.displayName),
        source,
        access: input.access,
        isolation: input.isolation,
        sleepAfterMinutes: checkSleep(input.sleepAfterMinutes),
        fields: fields as Prisma.InputJsonObject, // plain data
        ...size,
      };
      const token = deps.newAccessToken();
      await database.transaction(async (tx) => {
        await deps.admitMachine(tx, actor.userId, null);
        const created = await tx.deployment.create({
          data: {
            ...deployment,
            status: 'DEPLOYING',
            phase: 'QUEUED',
            phaseSince: deps.now(),
            nextCheckAt: deps.now(),
          },
        });
        await saveCredentialSet(tx, envelopes, { deploymentId: created.id, version: 1, payload });
        const content: ReleaseContent = {
          runtime: candidate.runtime,
          package: candidate.package,
          version: versionOf(spec) ?? candidate.version ?? '0.0.0',
          integrity: 'integrity' in spec ? (spec.integrity ?? null) : null,
          spec,
          credentialVersion: 1,
        };
        const first = await addRelease(tx, envelopes, created, content, 'deploy');
        await tx.deployment.update({ where: { id: created.id }, data: { targetReleaseId: first.id } });
        if (input.access !== 'PUBLIC') {
          await tx.accessToken.create({
            data: { deploymentId: created.id, name: 'First token', hash: token.hash, prefix: token.prefix },
          });
        }
        const message = `Deploying ${content.package} ${content.version}.`;
        const { status, phase } = created;
        await recordEvent(tx, events, created, { status, phase, message, releaseId: first.id }, deps.now());
        await events.publish(tx, 'work', created.id);
        await writeAudit(
          tx,
          { actor, ownerId: actor.userId },
          { type: 'deployment.created', name: created.name, package: content.package, version: content.version },
          created.id,
        );
      });
      return { deploymentId: deployment.id, accessToken: input.access === 'PUBLIC' ? null : token.token };
    },

    redeploy: async (actor, { id, version }) => {
      const row = await database.prisma.deployment.findFirst({ where: { id, ownerId: actor.userId } });
      const latest =
        row && (await database.prisma.release.findUnique({ where: { id: row.targetReleaseId ?? row.id } }));
      if (!latest) throw notFound('The deployment');
      const spec = await deps.resolvePackage(contentOf(latest).spec, version ?? null, timeLimit());
      await release(actor, id, 'redeploy', (_tx, _deployment, now) => ({
        ...contentOf(now),
        spec,
        version: versionOf(spec) ?? now.version,
        integrity: 'integrity' in spec ? (spec.integrity ?? null) : null,
      }));
    },

    rollback: (actor, { id, releaseId }) =>
      release(actor, id, 'rollback', async (tx, deployment) => {
        const older = releaseId
          ? await tx.release.findFirst({ where: { id: releaseId, deploymentId: id } })
          : await previousRelease(tx, deployment);
        if (!older) throw notFound('The release to roll back to');
        return contentOf(older);
      }),

    start: (actor, id) =>
      intend(actor, id, { type: 'deployment.started' }, (_tx, deployment) => {
        const message = 'Start was requested.';
        if (deployment.desired === 'RUNNING') {
          if (deployment.status === 'ASLEEP') return { message, columns: wakeUp(deployment) };
          if (servesNow(deployment)) {
            throw new UserError('CONFLICT', 'The deployment is running already.', { kind: 'conflict' });
          }
        }
        // A stop that has not been carried out yet is taken back: what still runs goes on running.
        if (isServing(deployment.status)) return { message, columns: { desired: 'RUNNING' } };
        return {
          message,
          columns: {
            desired: 'RUNNING',
            status: 'DEPLOYING',
            phase: 'QUEUED',
            phaseSince: deps.now(),
            failure: CLEARED,
          },
        };
      }),

    stop: (actor, id) =>
      intend(actor, id, { type: 'deployment.stopped' }, (_tx, deployment) => ({
        message: 'Stop was requested.',
        columns: {
          desired: 'STOPPED',
          restartGeneration: null,
          // A release that was on its way is given up; the one that served is what a start brings back.
          ...(deployment.currentReleaseId ? { targetReleaseId: deployment.currentReleaseId } : {}),
        },
      })),

    restart: (actor, id) =>
      intend(actor, id, { type: 'deployment.restarted' }, (_tx, deployment) => ({
        message: 'Restart was requested.',
        columns: servesNow(deployment)
          ? {
              desired: 'RUNNING',
              restartGeneration: deployment.generation + 1,
              ...(deployment.status === 'ASLEEP' ? wakeUp(deployment) : {}),
            }
          : { desired: 'RUNNING', status: 'DEPLOYING', phase: 'QUEUED', phaseSince: deps.now(), failure: CLEARED },
      })),

    delete: (actor, id) =>
      intend(actor, id, { type: 'deployment.deleted' }, () => ({
        message: 'Delete was requested.',
        columns: { desired: 'DELETED', status: 'DELETING', phase: null },
      })),

    updateCredentials: async (actor, { id, set, unset }) => {
      await release(actor, id, 'credentials', async (tx, deployment, latest) => {
        const changed = new Set([...set.map(({ name }) => name), ...unset]);
        const credentialVersion = await nextCredentials(tx, deployment, latest.credentialVersion, (values) => ({
          ...values,
          credentials: [...values.credentials.filter(({ name }) => !changed.has(name)), ...set],
          extraEnvironment: values.extraEnvironment.filter(({ name }) => !changed.has(name)),
        }));
        await writeAudit(
          tx,
          { actor, ownerId: actor.userId },
          { type: 'credentials.updated', version: credentialVersion, set: set.map(({ name }) => name), unset },
          id,
        );
        return { ...contentOf(latest), credentialVersion };
      });
    },

    updateDeployment: async (actor, input) => {
      const { id } = input;
      const columns = updatedColumns(deps, input);
      const changed = Object.keys(columns);
      const needsRelease =
        input.arguments != null ||
        input.extraArguments != null ||
        input.region != null ||
        input.memoryMb != null ||
        input.isolation != null;
      if (changed.length > 0 || needsRelease) {
        await intend(actor, id, { type: 'deployment.updated', changed }, async (tx, deployment) => {
          if (input.access != null) await events.publish(tx, 'access', id);
          return { message: 'Settings were changed.', columns: { ...columns, desired: deployment.desired } };
        });
      }
      if (!needsRelease) return;
      await release(actor, id, 'settings', async (tx, deployment, latest) => {
        if (input.arguments == null && input.extraArguments == null) return contentOf(latest);
        const credentialVersion = await nextCredentials(tx, deployment, latest.credentialVersion, (values) => ({
          ...values,
          arguments: input.arguments ?? values.arguments,
          extraArguments: input.extraArguments ?? values.extraArguments,
        }));
        return { ...contentOf(latest), credentialVersion };
      });
    },
  };
}

const timeLimit = (): AbortSignal => AbortSignal.timeout(RESOLVE_TIMEOUT_MS);

/** A release answers calls right now, so that a new one is prepared beside it. */
const servesNow = ({ status }: Deployment): boolean =>
  status === 'RUNNING' || status === 'UNHEALTHY' || status === 'ASLEEP';

const versionOf = (spec: PackageSpec): string | null =>
  'version' in spec ? spec.version : 'commit' in spec ? spec.commit.slice(0, 12) : null;

/** The newest release that ever served, before the one that is wanted now. */
async function previousRelease(tx: Transaction, deployment: Deployment): Promise<Release | null> {
  // The one on its way, or that failed last, is what somebody wants to get away from; else the one that serves.
  const present = await tx.release.findUnique({ where: { id: deployment.targetReleaseId ?? deployment.id } });
  return tx.release.findFirst({
    where: {
      deploymentId: deployment.id,
      liveAt: { not: null },
      ...(present ? { number: { lt: present.number } } : {}),
    },
    orderBy: { number: 'desc' },
  });
}

function updatedColumns(limits: PlaceLimits, input: UpdateDeploymentInput): Intent['columns'] {
  const place = checkPlace(limits, input);
  return {
    ...(input.name == null ? {} : { name: nameFor(input.name) }),
    ...(input.access == null ? {} : { access: input.access }),
    ...(input.isolation == null ? {} : { isolation: input.isolation }),
    ...(input.sleepAfterMinutes === undefined ? {} : { sleepAfterMinutes: checkSleep(input.sleepAfterMinutes) }),
    ...(input.region == null ? {} : { region: place.region }),
    ...(input.memoryMb == null ? {} : { memoryMb: place.memoryMb }),
  };
}
