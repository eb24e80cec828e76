import { UserError } from '../../errors.ts';
import { type Analyzed, analyzedFrom, type Run } from '../context.ts';
import { ModelError } from '../llm/client.ts';
import type { PackageGuess } from '../llm/reader.ts';
import type { RepositoryAddress } from '../registries/github.ts';
import type { AnalysisWarning, Described } from '../result.ts';
import { PACKAGE_INDEXES } from '../source/package-indexes.ts';
import { packageTarget } from '../source/package-target.ts';
import { analyzePackage } from './analyze-package.ts';
import { leadsBackTo, type OriginClaims } from './package-origin.ts';

/**
 * The last resort for a repository that no host can show: a model that searches the web names packages, and the
 * registries confirm that they exist and lead back. Returns null without a model, or when none of the packages exists.
 */
export async function throughWeb(run: Run, address: RepositoryAddress): Promise<Analyzed | null> {
  const { tools, report, signal } = run;
  // the next try may reach the repository itself, for nothing
  if (tools.model === null || !run.isLastTry) return null;
  await report('RESOLVE', 'RUNNING', 'A model searches the web for the packages of the repository.');
  const guesses = await tools.model.findPackages(address, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof ModelError || error instanceof UserError) return [];
    throw error;
  });
  const described: Described[] = [];
  for (const guess of guesses) {
    try {
      const found = await lookUp(run, guess, address);
      if (found) described.push(found);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UserError)) throw error; // it is not there: the model made it up
    }
  }
  return described.length === 0 ? null : { ...analyzedFrom(described), isPartial: true };
}

/** A name and nothing else: no version, no range, no address, no command. */
async function lookUp(
  run: Run,
  { registry, name }: PackageGuess,
  address: RepositoryAddress,
): Promise<Described | null> {
  const home = `${address.owner}/${address.repo}`;
  const target = packageTarget(registry, name, null, []);
  if (target?.kind !== registry || target.name !== name) return null;
  const isMeant = (claims: readonly OriginClaims[]) => claims.some((one) => leadsBackTo(home, one));
  const outcome = await analyzePackage(run, registry, name, null, { isMeant });
  const { candidate, warnings } = outcome.described;
  if (candidate.verified) return outcome.described;
  const stranger: AnalysisWarning = {
    code: 'UNVERIFIED_PACKAGE',
    weight: 'CONFIRM',
    message: `A model that searched the web named ${name}, and ${PACKAGE_INDEXES[registry].label} does not say that it comes from ${address.owner}/${address.repo}. Another person may have published it.`,
    candidateKey: candidate.key,
  };
  return { ...outcome.described, warnings: [stranger, ...warnings] };
}
