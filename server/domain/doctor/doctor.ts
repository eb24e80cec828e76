import type { PrismaClient } from '#prisma/client.ts';
import type { Runtime } from '#prisma/generated/client/enums.ts';
import type { AccessTokenService } from '#server/domain/access/service.ts';
import type { Actor } from '#server/domain/actor.ts';
import { UserError } from '#server/domain/errors.ts';
import { reachable } from '#server/domain/reach.ts';
import { addressSteps } from './address-steps.ts';
import { type Era, mcpSteps } from './mcp-steps.ts';
import { type Access, oauthSteps } from './oauth-steps.ts';
import { createProbe } from './probe.ts';
import { type DiagnosisStep, type Outcome, type Step, skipped, Trouble } from './step.ts';

const DIAGNOSIS_MS_MAX = 120_000;

export type DoctorDeps = {
  prisma: PrismaClient;
  accessTokens: Pick<AccessTokenService, 'createPlayground'>;
  publicUrl: string;
  version: string;
  /** Reads the eras that a server supports from the snapshot of its release; none if they are not known. */
  erasOf: (snapshot: unknown) => Era[];
};

export interface Doctor {
  /** Walks a deployment's endpoint as a client would, over the network; empty when it is not the actor's. */
  diagnose(actor: Actor, deploymentId: string): Promise<DiagnosisStep[]>;
}

/** The connection doctor: which step of connecting fails, and what to do about it. */
export function createDoctor({ prisma, accessTokens, publicUrl, version, erasOf }: DoctorDeps): Doctor {
  const underWay = new Map<string, Promise<DiagnosisStep[]>>();

  const walk = async (
    actor: Actor,
    deploymentId: string,
    { access, currentRelease }: { access: Access; currentRelease: { snapshot: unknown; runtime: Runtime } | null },
  ) => {
    const signal = AbortSignal.timeout(DIAGNOSIS_MS_MAX);
    const endpointUrl = `${publicUrl}/api/mcp/${deploymentId}`;
    const probe = createProbe(publicUrl, signal);
    const mcp = mcpSteps({
      endpointUrl,
      access,
      probe,
      version,
      signal,
      eras: erasOf(currentRelease?.snapshot ?? null),
      translates: currentRelease?.runtime !== 'remote',
      // the token is never shown, so any reader of the deployment may have it made
      createToken: async () => (await accessTokens.createPlayground({ ...actor, scope: 'WRITE' }, deploymentId)).token,
    });
    try {
      return await takeSteps([
        ...addressSteps(publicUrl, probe),
        ...oauthSteps(endpointUrl, access, probe),
        ...mcp.steps,
      ]);
    } finally {
      await mcp.close();
    }
  };

  return {
    diagnose: async (actor, deploymentId) => {
      const deployment = await prisma.deployment.findFirst({
        where: { id: deploymentId, desired: { not: 'DELETED' }, ...reachable(actor.userId, 'OPERATE') },
        select: { access: true, currentRelease: { select: { snapshot: true, runtime: true } } },
      });
      if (!deployment) return [];
      const before = underWay.get(deploymentId);
      if (before) return before; // asking often costs no more than asking once
      const diagnosis = walk(actor, deploymentId, deployment).finally(() => underWay.delete(deploymentId));
      underWay.set(deploymentId, diagnosis);
      return diagnosis;
    },
  };
}

/** One after the other. A failed step makes the rest of its group pointless, one of the way all that follow. */
async function takeSteps(steps: readonly Step[]): Promise<DiagnosisStep[]> {
  const taken: DiagnosisStep[] = [];
  const failed = new Map<Step['group'], string>();
  for (const { key, title, group, look } of steps) {
    const before = failed.get('way') ?? failed.get(group);
    const startedAtMs = performance.now();
    const outcome =
      before === undefined ? await look().catch(toFailure) : skipped(`Not tried, since “${before}” failed.`);
    if (outcome.state === 'FAILED') failed.set(group, title);
    taken.push({ key, title, ...outcome, durationMs: performance.now() - startedAtMs });
  }
  return taken;
}

function toFailure(error: unknown): Outcome {
  if (error instanceof Trouble) return { state: 'FAILED', seen: error.message, hint: error.hint };
  if (error instanceof UserError) return { state: 'FAILED', seen: error.message, hint: error.hint ?? null };
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { state: 'FAILED', seen: 'There was no answer in time.', hint: 'Try again; the log may say what is slow.' };
  }
  throw error;
}
