import { guessSourceKind } from './source-kind.ts';

type Candidate = { deployable: boolean; verified: boolean; verdict: string; runtime: string };

const REGISTRY_NAMES: Record<string, string> = { NPM: 'npm', PYPI: 'PyPI' };

/**
 * Says whether a package belongs to the pasted repository. Null where there is nothing to compare: a package that was
 * pasted by name, a folder, code that runs from the repository itself, or anything that is not an MCP server.
 */
export function verificationOf({ deployable, verified, verdict, runtime }: Candidate, source: string): string | null {
  if (!deployable || verdict !== 'MCP_SERVER') return null;
  if (!verified) return 'Not verified';
  const registry = REGISTRY_NAMES[runtime];
  return registry && guessSourceKind(source) === 'GitHub repository'
    ? `Publisher verified: ${registry} package matches its repository`
    : null;
}
