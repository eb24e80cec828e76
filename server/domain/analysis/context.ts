import { createSafeFetch } from '../outbound/safe-fetch.ts';
import type { Described } from './candidates/described.ts';
import { createDetector, type Detector } from './detect/isolated/detector.ts';
import type { ModelReader } from './llm/reader.ts';
import type { Report } from './progress.ts';
import { createGitHub, type GitHub } from './registries/github.ts';
import type { PackageIndexes } from './registries/indexed-package.ts';
import { createMcpRegistry, type McpRegistry } from './registries/mcp-registry.ts';
import { createMirroredRegistry, type RegistryMirror } from './registries/mirrored-registry.ts';
import { createNpmRegistry } from './registries/npm.ts';
import { type NpmConfiguration, withoutCredentials } from './registries/npm-configuration.ts';
import { createPypi } from './registries/pypi.ts';
import type { AnalysisResult, AnalysisWarning } from './result.ts';

/** The outside services that an analysis reaches: each is one narrow way out, with limits of its own. */
export type AnalysisTools = {
  indexes: PackageIndexes;
  github: GitHub;
  registry: McpRegistry;
  /** Reads the files, in processes of its own. */
  detector: Detector;
  /** Fills gaps from the documents; null where none is configured. */
  model: ModelReader | null;
  /** Folders and tarballs are kept below it, in `sources/`. */
  dataDir: string;
  now: () => Date;
};

/** One try at one source. */
export type Run = {
  tools: AnalysisTools;
  report: Report;
  signal: AbortSignal;
  /** Steps that cost money, and may be needless once another try succeeds, are left to the last try. */
  isLastTry: boolean;
};

/** Partial: something could not be reached; what is there is right, and may not be all. */
export type Analyzed = {
  result: AnalysisResult;
  isPartial: boolean;
  /** The documents of each candidate, by its key, for a model to read. */
  readmes: ReadonlyMap<string, string>;
};

export const analyzedFrom = (
  described: readonly Described[],
  more: readonly AnalysisWarning[] = [],
): Pick<Analyzed, 'result' | 'readmes'> => ({
  result: {
    candidates: described.map(({ candidate }) => candidate),
    warnings: [...more, ...described.flatMap(({ warnings }) => warnings)],
  },
  readmes: new Map(described.flatMap(({ candidate, readme }) => (readme ? [[candidate.key, readme] as const] : []))),
});

export type AnalysisSettings = {
  npmConfiguration: NpmConfiguration;
  /** NPM_REGISTRY_URL; npm's own configuration where it is absent. */
  npmRegistryUrl?: string | undefined;
  pypiUrl: string;
  githubApiUrl: string;
  githubToken: string | null;
  mcpRegistryUrl: string;
  /** Answers while the MCP registry does not. */
  registryMirror?: RegistryMirror;
  dataDir: string;
  now: () => Date;
};

export type SharedTools = {
  /** The tools of the administrator, with the platform's own GitHub token and npm credentials, and without a model. */
  tools: AnalysisTools;
  /** The tools of every other user: the platform's credentials open nothing to them that is not public. */
  memberTools: AnalysisTools;
  /** GitHub with a person's own token. It remembers responses, so that it must serve that person alone. */
  gitHubWith: (token: string) => GitHub;
  close: () => Promise<void>;
};

/** The ways out of an analysis, made once at start. The configured origins may be private; all others may not. */
export function createAnalysisTools(settings: AnalysisSettings): SharedTools {
  const { npmConfiguration, npmRegistryUrl, pypiUrl, githubApiUrl, githubToken, mcpRegistryUrl, dataDir, now } =
    settings;
  const { fetch, close } = createSafeFetch([pypiUrl, githubApiUrl, mcpRegistryUrl]);
  const gitHubWith = (token: string | null, publicOnly = false) =>
    createGitHub({ fetch, apiUrl: githubApiUrl, token, publicOnly, now });
  const pypi = createPypi({ fetch, url: pypiUrl });
  const indexesWith = (configuration: NpmConfiguration): PackageIndexes => ({
    npm: createNpmRegistry({ configuration, registryUrl: npmRegistryUrl }),
    pypi,
  });
  const registry = createMcpRegistry({ fetch, url: mcpRegistryUrl });
  const { detector, close: closeDetector } = createDetector(dataDir);
  const tools: AnalysisTools = {
    indexes: indexesWith(npmConfiguration),
    github: gitHubWith(githubToken),
    registry: settings.registryMirror ? createMirroredRegistry(registry, settings.registryMirror) : registry,
    detector,
    model: null,
    dataDir,
    now,
  };
  const memberTools: AnalysisTools = {
    ...tools,
    indexes: indexesWith(withoutCredentials(npmConfiguration, npmRegistryUrl ?? null)),
    github: gitHubWith(githubToken, true),
  };
  return {
    tools,
    memberTools,
    gitHubWith: (token) => gitHubWith(token),
    close: async () => {
      await Promise.all([close(), closeDetector()]);
    },
  };
}
