import type { CandidateOptions } from '../context.ts';
import type { AnalysisWarning, ServerCandidate } from '../result.ts';

type Judged = Pick<ServerCandidate, 'verdict' | 'deployable' | 'notDeployableReason' | 'displayName'>;

/**
 * A person who pastes the line that starts a package knows that it is a server: it can be deployed whatever its files
 * say, as long as it has the command. `bins` is null where the commands are not known.
 */
export function asLaunched<Candidate extends Judged>(
  candidate: Candidate,
  launched: CandidateOptions['launched'],
  bins: Record<string, string> | null,
): Candidate {
  if (!launched) return candidate;
  const names = bins === null ? null : Object.keys(bins);
  if (names !== null && launched.bin !== null && !names.includes(launched.bin)) {
    const others = names.length > 0 ? ` It has: ${names.join(', ')}.` : '';
    const notDeployableReason = `${candidate.displayName} has no command named ${launched.bin}.${others}`;
    return { ...candidate, deployable: false, notDeployableReason };
  }
  return names?.length === 0 ? candidate : { ...candidate, deployable: true, notDeployableReason: null };
}

type Formed = Judged & Pick<ServerCandidate, 'arguments' | 'credentials'>;

/** What is no server has no form: its variables and options are those of another program. */
export const withoutForm = <Candidate extends Formed>(candidate: Candidate): Candidate =>
  !candidate.deployable && (candidate.verdict === 'LIBRARY' || candidate.verdict === 'NOT_MCP')
    ? { ...candidate, arguments: [], credentials: [] }
    : candidate;

/** For a package that is deployed only because its command line was pasted. */
export const unconfirmedWarning = ({ key, package: name, verdict, deployable }: ServerCandidate): AnalysisWarning[] =>
  deployable && (verdict === 'NOT_MCP' || verdict === 'LIBRARY')
    ? [
        {
          code: 'NOT_MCP',
          weight: 'CONFIRM',
          message: `Nothing in ${name} says that it is an MCP server. Deploy it only if you know that it is one.`,
          candidateKey: key,
        },
      ]
    : [];
