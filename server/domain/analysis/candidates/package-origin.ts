import { githubRepositoryOf } from '../registries/github-repository.ts';
import type { AnalysisWarning } from '../result.ts';

/** Claims about a package's origin: its own manifest, and the registry's attestation of its build. */
export type OriginClaims = {
  /** As the manifest writes it. */
  repository: string | null;
  /** `io.github.owner/name`: its entry in the MCP registry. */
  mcpName: string | null;
  /** The repository of the build, according to its provenance attestation. */
  builtFrom: string | null;
};

/** The sentence that an attestation earns; null without one. */
export const attestationNote = (name: string, claims: readonly OriginClaims[], candidateKey: string): string | null =>
  claims.map((one) => originFindings(name, one, candidateKey).note).find((note) => note !== null) ?? null;

const ownerOfMcpName = (name: string | null): string | null =>
  /^io\.github\.([\w-]+)\//i.exec(name ?? '')?.[1]?.toLowerCase() ?? null;

/**
 * Decides whether a package leads back to a repository (`owner/repo`). An attestation outweighs the publisher's claim;
 * the MCP name counts if the package names no repository.
 */
export function leadsBackTo(home: string, claims: OriginClaims): boolean {
  const wanted = home.toLowerCase();
  const built = claims.builtFrom === null ? null : githubRepositoryOf(claims.builtFrom);
  if (built !== null) return built === wanted;
  if (claims.repository !== null) return githubRepositoryOf(claims.repository) === wanted;
  return ownerOfMcpName(claims.mcpName) === wanted.split('/')[0];
}

/** Reports contradictions between the claims, and the sentence that an attestation earns. */
export function originFindings(
  name: string,
  { repository, mcpName, builtFrom }: OriginClaims,
  candidateKey: string,
): { warnings: AnalysisWarning[]; note: string | null } {
  const built = builtFrom === null ? null : githubRepositoryOf(builtFrom);
  const named = repository === null ? null : githubRepositoryOf(repository);
  const owner = ownerOfMcpName(mcpName);
  const warnings: AnalysisWarning[] = [];
  if (built !== null && named !== null && built !== named) {
    warnings.push({
      code: 'PROVENANCE_ELSEWHERE',
      weight: 'CONFIRM',
      message: `${name} names the repository ${named}, but npm attests that it was built from ${built}.`,
      candidateKey,
    });
  }
  if (owner !== null && named !== null && named.split('/')[0] !== owner) {
    warnings.push({
      code: 'MCP_NAME_ELSEWHERE',
      weight: 'CAUTION',
      message: `${name} calls itself ${mcpName}, but its repository is ${named}.`,
      candidateKey,
    });
  }
  const note =
    built !== null && (named === null || built === named) ? `npm attests that it was built from ${built}.` : null;
  return { warnings, note };
}
