import { randomUUID } from 'node:crypto';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import { proposedProcessor } from '#server/domain/catalog.ts';
import { saveCredentialSet } from '#server/domain/credentials/credential-set.ts';
import { replacePersonalValues, type ValuesHolder } from '#server/domain/credentials/personal-values.ts';
import { withMemory } from '#server/domain/processors.ts';
import { originOf } from '#server/domain/token-origin.ts';
import type { KeyValue } from '../form/key-value.ts';
import { buildPayload } from '../form/payload.ts';
import { checkPersonal, OWNERS_VALUE_HINT } from '../personal/check-personal.ts';
import { checkOwnValues, requireWhole } from '../personal/own-values.ts';
import { splitFields } from '../personal/personal-form.ts';
import type { DeploymentFields } from '../rows/fields.ts';
import { addRelease, type ReleaseContent } from '../rows/releases.ts';
import { newSlug } from '../rows/slug.ts';
import { recordEvent } from '../rows/transition.ts';
import { checkRegion, checkSize, checkSleep, getCandidate, nameFor } from './admission.ts';
import { checkEgress } from './check-egress.ts';
import {
  AlreadyDeployed,
  claimKey,
  type DeployResponse,
  findResponse,
  type RequestKey,
  requestKey,
} from './idempotency.ts';
import type { DeployInput } from './inputs.ts';
import type { IntentDeps } from './intent-deps.ts';
import { integrityOf, versionOf } from './package-version.ts';
import { resolveLimit } from './resolve-package.ts';
import { shownArguments } from './shown-arguments.ts';

/** The name that people use: `server` for `@owner/server`. */
const withoutScope = (name: string): string => name.replace(/^@[^/]+\//, '');

/** Deploys once for each idempotency key: a repeated request receives the response of the first one. */
export const createDeploy = (deps: IntentDeps) => {
  const create = createDeployment(deps);
  return async (actor: Actor, { idempotencyKey, ...input }: DeployInput): Promise<DeployResponse> => {
    if (idempotencyKey == null) return create(actor, input, null);
    const key = requestKey(actor.userId, idempotencyKey, input);
    const find = () => findResponse(deps.database.prisma, deps.envelopes, key, deps.now());
    const earlier = await find();
    if (earlier) return earlier;
    try {
      return await create(actor, input, key);
    } catch (error) {
      const response = error instanceof AlreadyDeployed ? await find() : null;
      if (response) return response;
      throw error;
    }
  };
};

type Create = (
  actor: Actor,
  input: Omit<DeployInput, 'idempotencyKey'>,
  key: RequestKey | null,
) => Promise<DeployResponse>;

/** Limits of the network, checked against the walls of the machines of the person who deploys; none when not given. */
async function egressOf(deps: IntentDeps, { userId }: Actor, input: Pick<DeployInput, 'egress' | 'egressHosts'>) {
  if (input.egress == null && input.egressHosts == null) return {};
  return checkEgress(await deps.networkWallsOf(userId), input, { egress: 'MACHINE', egressHosts: [] });
}

/** Creates a deployment with its first release, credentials and token, all in one transaction. */
const createDeployment =
  (deps: IntentDeps): Create =>
  async (actor, input, key) => {
    const { database, events, envelopes } = deps;
    const { candidate, source } = await getCandidate(database.prisma, actor, input);
    const fields: DeploymentFields = {
      credentials: candidate.credentials,
      arguments: candidate.arguments,
      fixedArguments: candidate.fixedArguments,
      ...(candidate.launch ? { launch: candidate.launch } : {}),
    };
    const personalFields = checkPersonal(fields, candidate.spec.runtime, input);
    const isOwn = ({ name }: KeyValue) => personalFields.includes(name);
    const payload = buildPayload(
      fields,
      { ...input, credentials: input.credentials.filter((pair) => !isOwn(pair)) },
      personalFields,
    );
    const { personal } = splitFields(fields, personalFields);
    const own = checkOwnValues(personal, input.credentials.filter(isOwn));
    requireWhole(personal, own, OWNERS_VALUE_HINT);
    const region = checkRegion(deps, input.region ?? deps.defaults.region);
    const proposed = proposedProcessor(candidate.weight, region);
    const processor = input.memoryMb == null ? proposed : withMemory(proposed, input.memoryMb);
    const size = checkSize(deps, input, { ...deps.defaults, processor: processor.name });
    const limits = await egressOf(deps, actor, input);
    const analyzed = { spec: candidate.spec, source };
    const spec =
      input.version == null
        ? candidate.spec
        : await deps.resolvePackage(actor, analyzed, input.version, resolveLimit());
    const content: ReleaseContent = {
      runtime: candidate.runtime,
      package: candidate.package,
      version: versionOf(spec) ?? candidate.version ?? '0.0.0',
      integrity: integrityOf(spec),
      spec,
      credentialVersion: 1,
    };
    const token = deps.newAccessToken();
    const id = randomUUID();
    const response = { deploymentId: id, accessToken: input.access === 'PUBLIC' ? null : token.token };
    await database.transaction(async (tx) => {
      if (key) await claimKey(tx, envelopes, key, response, deps.now());
      await deps.admitMachine(tx, actor.userId, null);
      const now = deps.now();
      const shownName = nameFor(input.name ?? withoutScope(candidate.displayName));
      const created = await tx.deployment.create({
        data: {
          id,
          ownerId: actor.userId,
          name: shownName,
          slug: await newSlug(tx, { id, name: shownName }, null, now),
          source,
          access: input.access,
          // Pings of a remote server open sessions there: they are sent as rarely as to a process for each session.
          isolation: spec.runtime === 'remote' ? 'PER_SESSION' : input.isolation,
          sleepAfterMinutes: checkSleep(input.sleepAfterMinutes),
          fields: fields as Prisma.InputJsonObject, // plain data
          personalFields,
          region,
          ...size,
          ...limits,
          status: 'DEPLOYING',
          phase: 'QUEUED',
          phaseSince: now,
          nextCheckAt: now,
        },
      });
      const shown = shownArguments(fields, payload);
      await saveCredentialSet(tx, envelopes, { deploymentId: id, version: 1, payload, shown });
      const keepOwn = (holder: ValuesHolder) =>
        replacePersonalValues(tx, envelopes, { deploymentId: id, holder, values: own, now });
      await keepOwn({ userId: actor.userId });
      const first = await addRelease(tx, envelopes, created, content, 'deploy');
      await tx.deployment.update({ where: { id }, data: { targetReleaseId: first.id } });
      if (input.access !== 'PUBLIC') {
        const { id: accessTokenId } = await tx.accessToken.create({
          select: { id: true },
          data: {
            deploymentId: id,
            name: 'First token',
            hash: token.hash,
            prefix: token.prefix,
            makerId: actor.userId,
            ...originOf(actor, null),
          },
        });
        await keepOwn({ accessTokenId });
      }
      const message = `Deploying ${content.package} ${content.version}.`;
      const { name, status, phase } = created;
      await recordEvent(tx, events, created, { status, phase, message, releaseId: first.id }, now);
      await events.publish(tx, 'work', id);
      await writeAudit(
        tx,
        { actor, ownerId: actor.userId },
        { type: 'deployment.created', name, package: content.package, version: content.version },
        id,
      );
    });
    return response;
  };
