import type { PackageSpec } from '#deploy/host/contract.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { analysisResultSchema, type ServerCandidate } from '#server/domain/analysis/result.ts';
import { invalidInput, notFound, UserError } from '#server/domain/errors.ts';
import type { DeployInput } from '../rows/deployment-data.ts';

export type PlaceLimits = {
  defaults: { region: string; memoryMb: number };
  regions: readonly string[];
  memorySizesMb: readonly number[];
};

const NAME_CHARACTERS_MAX = 80;
const SLEEP_MINUTES_MAX = 7 * 24 * 60;

export type DeployableCandidate = ServerCandidate & { spec: PackageSpec };

/** The candidate of the caller's own analysis that is to be deployed; throws what stands in the way. */
export async function findCandidate(
  prisma: PrismaClient,
  actor: Actor,
  input: Pick<DeployInput, 'analysisId' | 'candidate' | 'acceptUnverified'>,
): Promise<{ candidate: DeployableCandidate; source: string }> {
  const analysis = await prisma.analysis.findFirst({ where: { id: input.analysisId, ownerId: actor.userId } });
  if (!analysis) throw notFound('The analysis');
  if (analysis.status === 'RUNNING') {
    throw new UserError('CONFLICT', 'The analysis is still running.', {
      kind: 'conflict',
      retryable: true,
      hint: 'Wait until it is done.',
    });
  }
  const { candidates, warnings } = analysisResultSchema.parse(analysis.result ?? { candidates: [], warnings: [] });
  const candidate = input.candidate
    ? candidates.find(({ key }) => key === input.candidate)
    : (candidates.find(({ deployable }) => deployable) ?? candidates[0]);
  if (!candidate) throw notFound('A server to deploy in this analysis');
  if (!candidate.deployable || !candidate.spec) {
    throw new UserError('NOT_DEPLOYABLE', candidate.notDeployableReason ?? 'This server cannot be deployed.', {
      kind: 'invalid-input',
    });
  }
  const toConfirm = warnings.filter(
    ({ weight, candidateKey }) =>
      weight === 'CONFIRM' && (candidateKey === undefined || candidateKey === candidate.key),
  );
  if ((!candidate.verified || toConfirm.length > 0) && !input.acceptUnverified) {
    throw new UserError(
      'UNVERIFIED_PACKAGE',
      toConfirm[0]?.message ?? `The package ${candidate.package} does not lead back to its source.`,
      { kind: 'invalid-input', hint: 'Look at it first. To deploy it all the same, accept it as unverified.' },
    );
  }
  return { candidate: { ...candidate, spec: candidate.spec }, source: analysis.source };
}

/** Region and size: those asked for, else the defaults. Throws INVALID_INPUT with what there is. */
export function checkPlace(
  limits: PlaceLimits,
  input: { region?: string | null; memoryMb?: number | null },
): { region: string; memoryMb: number } {
  const region = input.region ?? limits.defaults.region;
  const memoryMb = input.memoryMb ?? limits.defaults.memoryMb;
  if (!limits.regions.includes(region)) {
    throw invalidInput(
      `There is no region "${region}".`,
      [{ field: 'region', message: 'Unknown region.' }],
      `Regions: ${limits.regions.join(', ')}.`,
    );
  }
  if (!limits.memorySizesMb.includes(memoryMb)) {
    throw invalidInput(
      `There is no machine with ${memoryMb} MB.`,
      [{ field: 'memoryMb', message: 'Unknown size.' }],
      `Sizes in MB: ${limits.memorySizesMb.join(', ')}.`,
    );
  }
  return { region, memoryMb };
}

export function checkSleep(minutes: number | null | undefined): number | null {
  if (minutes == null) return null;
  if (minutes >= 1 && minutes <= SLEEP_MINUTES_MAX) return minutes;
  throw invalidInput('A deployment may fall asleep after 1 minute to 7 days.', [
    { field: 'sleepAfterMinutes', message: `Between 1 and ${SLEEP_MINUTES_MAX}.` },
  ]);
}

/** A name for people: trimmed, on one line, never empty. */
export function nameFor(text: string): string {
  const name = text.replace(/\s+/g, ' ').trim().slice(0, NAME_CHARACTERS_MAX);
  if (name === '') throw invalidInput('The name is empty.', [{ field: 'name', message: 'Give it a name.' }]);
  return name;
}
