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
  const lines = candidates.map(candidateLine);
  if (canAsk(shell)) {
    const at = await choose(shell, 'Which one?', lines);
    const chosen = candidates[at];
    if (chosen) return chosen;
  }
  const list = candidates.map(({ key }, at) => `  --candidate ${key}   ${lines[at] ?? ''}`).join('\n');
  throw usage(`${candidates.length} servers were found. Choose one with --candidate.`, list, {
    candidates: candidates.map(({ key, displayName, package: name, version }) => ({
      key,
      displayName,
      package: name,
      version,
    })),
  });
}
