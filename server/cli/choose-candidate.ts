import { canAsk, choose } from './ask.ts';
import { CliFailure, usage } from './failure.ts';
import type { Analysis, Candidate } from './operations/analysis.ts';
import { oneLine } from './printable.ts';
import type { Shell } from './shell.ts';

/** Such as `@scope/server 1.2.0 — what it does`. */
export const candidateLine = ({ package: name, version, description }: Candidate): string =>
  oneLine(`${name}${version ? ` ${version}` : ''}${description ? ` — ${description}` : ''}`);

const isNamed = (word: string, { key, displayName, package: name }: Candidate): boolean =>
  [key, displayName, name].includes(word);

export type Choice = { kind: 'one'; candidate: Candidate } | { kind: 'several'; candidates: Candidate[] };

/** Decides which candidates can be chosen. Throws if there are none, or if none has the wanted name. */
export function decideCandidate({ candidates, source }: Analysis, wanted: string | undefined): Choice {
  if (wanted !== undefined) {
    const found = candidates.filter((candidate) => isNamed(wanted, candidate));
    const [only, ...others] = found;
    if (!only) throw usage(`No server “${wanted}” was found in ${oneLine(source)}.`, listHint(candidates));
    return others.length === 0 ? { kind: 'one', candidate: only } : { kind: 'several', candidates: found };
  }
  const deployable = candidates.filter((candidate) => candidate.deployable);
  const [first, ...others] = deployable;
  if (first)
    return others.length === 0 ? { kind: 'one', candidate: first } : { kind: 'several', candidates: deployable };
  const [reason] = candidates;
  if (reason) {
    throw new CliFailure('NOT_DEPLOYABLE', `${reason.displayName} cannot be deployed.`, {
      hint: reason.notDeployableReason,
    });
  }
  throw new CliFailure('NOT_AN_MCP_SERVER', `No MCP server was found in ${oneLine(source)}.`, {
    hint: 'Pass the npm or PyPI name of the server itself.',
  });
}

const listHint = (candidates: readonly Candidate[]): string =>
  candidates.length === 0 ? 'No server was found.' : `Found: ${candidates.map(({ key }) => key).join(', ')}`;

/** Returns the named candidate, the only one, or the user's choice; without a terminal, several candidates are wrong usage. */
export async function chooseCandidate(
  shell: Shell,
  analysis: Analysis,
  wanted: string | undefined,
): Promise<Candidate> {
  const choice = decideCandidate(analysis, wanted);
  if (choice.kind === 'one') return choice.candidate;
  const { candidates } = choice;
  const chosen = canAsk(shell)
    ? candidates[await choose(shell, 'Which one?', candidates.map(candidateLine))]
    : undefined;
  if (!chosen) throw severalFound(candidates, 'Choose one with --candidate.');
  return chosen;
}

/**
 * Returns the candidates to deploy: the named ones, all of them, or those that the user chooses. The servers of a pasted
 * block can be chosen all at once.
 */
export async function chooseCandidates(
  shell: Shell,
  analysis: Analysis,
  { wanted, all }: { wanted: readonly string[]; all: boolean },
): Promise<Candidate[]> {
  if (all) {
    const choice = decideCandidate(analysis, undefined);
    return choice.kind === 'one' ? [choice.candidate] : choice.candidates;
  }
  const named: Candidate[] = [];
  for (const name of wanted) named.push(await chooseCandidate(shell, analysis, name));
  if (named.length > 0) return [...new Set(named)];
  const choice = decideCandidate(analysis, undefined);
  if (choice.kind === 'one') return [choice.candidate];
  const { candidates } = choice;
  if (!canAsk(shell)) throw severalFound(candidates, 'Choose with --candidate, which can be repeated, or --all.');
  const at = await choose(shell, 'Which one?', [...candidates.map(candidateLine), `All ${candidates.length} servers`]);
  const chosen = candidates[at];
  return chosen ? [chosen] : candidates;
}

function severalFound(candidates: readonly Candidate[], how: string): CliFailure {
  const list = candidates.map((one) => `  --candidate ${one.key}   ${candidateLine(one)}`).join('\n');
  return usage(`${candidates.length} servers were found. ${how}`, list, {
    candidates: candidates.map(({ key, displayName, package: name, version }) => ({
      key,
      displayName,
      package: name,
      version,
    })),
  });
}
