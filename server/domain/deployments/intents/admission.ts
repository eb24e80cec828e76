import type { PackageSpec } from '#deploy/host/package-spec.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { type AnalysisResult, analysisResultSchema, type ServerCandidate } from '#server/domain/analysis/result.ts';
import { invalidInput, notFound, UserError } from '#server/domain/errors.ts';
import { PROCESSORS } from '#server/domain/processors.ts';
import type { DeployInput } from './inputs.ts';

/** The regions and sizes of machines that this installation offers. */
export type MachineLimits = {
  defaults: { region: string; memoryMb: number };
  regions: readonly string[];
  memorySizesMb: readonly number[];
};

const NAME_CHARACTERS_MAX = 80;
export const SLEEP_MINUTES_MAX = 7 * 24 * 60;

export type DeployableCandidate = ServerCandidate & { spec: PackageSpec };

/** Finds the candidate to deploy in an analysis of the caller; throws a UserError with the reason against it. */
export async function getCandidate(
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
  const result = analysisResultSchema.parse(analysis.result ?? { candidates: [], warnings: [] });
  return { candidate: chooseCandidate(result, input), source: analysis.source };
}

/** The candidate with the given key, else the first deployable one. */
export function chooseCandidate(
  { candidates, warnings }: AnalysisResult,
  input: Pick<DeployInput, 'candidate' | 'acceptUnverified'>,
): DeployableCandidate {
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
      { kind: 'invalid-input', hint: 'Check the package first. To deploy it anyway, accept it as unverified.' },
    );
  }
  return { ...candidate, spec: candidate.spec };
}

type Size = { memoryMb: number; processor: string };

/** Throws INVALID_INPUT with the regions that exist. */
export function checkRegion({ regions }: MachineLimits, region: string): string {
  if (regions.includes(region)) return region;
  throw invalidInput(
    `The region "${region}" does not exist.`,
    [{ field: 'region', message: 'Unknown region.' }],
    `Regions: ${regions.join(', ')}.`,
  );
}

/**
 * The requested memory and processor, else the present ones. A processor that wants more memory gets it, unless the
 * memory was chosen as well.
 */
export function checkSize(
  { memorySizesMb }: MachineLimits,
  input: { memoryMb?: number | null; processor?: string | null },
  present: Size,
): Size {
  const name = input.processor ?? present.processor;
  const processor = PROCESSORS.find((one) => one.name === name);
  if (!processor) {
    throw invalidInput(
      `The processor "${name}" does not exist.`,
      [{ field: 'processor', message: 'Unknown processor.' }],
      `Processors: ${PROCESSORS.map((one) => one.name).join(', ')}.`,
    );
  }
  const { memoryMinMb, memoryMaxMb } = processor;
  const memoryMb = input.memoryMb ?? Math.max(present.memoryMb, memoryMinMb);
  if (!memorySizesMb.includes(memoryMb)) {
    throw invalidInput(
      `Machines with ${memoryMb} MB do not exist.`,
      [{ field: 'memoryMb', message: 'Unknown size.' }],
      `Sizes in MB: ${memorySizesMb.join(', ')}.`,
    );
  }
  if (memoryMb < memoryMinMb || memoryMb > memoryMaxMb) {
    throw invalidInput(
      `A machine with ${name} has ${memoryMinMb} to ${memoryMaxMb} MB.`,
      [{ field: 'memoryMb', message: `Choose ${memoryMinMb} to ${memoryMaxMb} MB.` }],
      memoryMb < memoryMinMb ? 'Choose more memory, or a smaller processor.' : 'Choose a larger processor too.',
    );
  }
  return { memoryMb, processor: name };
}

export function checkSleep(minutes: number | null | undefined): number | null {
  if (minutes == null) return null;
  if (minutes >= 1 && minutes <= SLEEP_MINUTES_MAX) return minutes;
  throw invalidInput('A deployment can sleep after 1 minute to 7 days without a call.', [
    { field: 'sleepAfterMinutes', message: `Enter a number between 1 and ${SLEEP_MINUTES_MAX}.` },
  ]);
}

/** A name for people: trimmed, on one line, never empty. */
export function nameFor(text: string): string {
  const name = text.replace(/\s+/g, ' ').trim().slice(0, NAME_CHARACTERS_MAX);
  if (name === '') throw invalidInput('The name is empty.', [{ field: 'name', message: 'Enter a name.' }]);
  return name;
}
