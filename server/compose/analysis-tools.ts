import { createDetector } from '#server/domain/analysis/candidates/isolated/detector.ts';
import type { AnalysisTools, Builders, SharedTools } from '#server/domain/analysis/context.ts';
import { createGitHub } from '#server/domain/analysis/registries/github.ts';
import { createImageRegistries } from '#server/domain/analysis/registries/images.ts';
import type { PackageIndexes } from '#server/domain/analysis/registries/indexed-package.ts';
import { createMcpRegistry } from '#server/domain/analysis/registries/mcp-registry.ts';
import { createMirroredRegistry, type RegistryMirror } from '#server/domain/analysis/registries/mirrored-registry.ts';
import { createNpmRegistry } from '#server/domain/analysis/registries/npm.ts';
import { type NpmConfiguration, withoutCredentials } from '#server/domain/analysis/registries/npm-configuration.ts';
import { createNpmSearch } from '#server/domain/analysis/registries/npm-search.ts';
import { createPypi } from '#server/domain/analysis/registries/pypi.ts';
import type { Suggester } from '#server/domain/analysis/registries/suggestion.ts';
import { createSafeFetch } from '#server/domain/outbound/safe-fetch.ts';
import { remoteBuilders } from './builders.ts';

export type AnalysisSettings = {
  npmConfiguration: NpmConfiguration;
  /** NPM_REGISTRY_URL; npm's own configuration where it is absent. */
  npmRegistryUrl?: string | undefined;
  pypiUrl: string;
  githubApiUrl: string;
  githubToken: string | null;
  mcpRegistryUrl: string;
  /** Origins of registries of images that may be private, or go without TLS. */
  imageRegistriesTrusted?: readonly string[] | undefined;
  /** Answers whether machines can build a server from its source; absent: they cannot. */
  builders?: Builders;
  /** Answers while the MCP registry does not. */
  registryMirror?: RegistryMirror;
  dataDir: string;
  now: () => Date;
};

/** The tools of analyses, made once at start. The configured origins may be private; all others may not. */
export function createAnalysisTools(settings: AnalysisSettings): SharedTools {
  const { npmConfiguration, npmRegistryUrl, pypiUrl, githubApiUrl, githubToken, mcpRegistryUrl, dataDir, now } =
    settings;
  const trusted = settings.imageRegistriesTrusted ?? [];
  const { fetch, close } = createSafeFetch([pypiUrl, githubApiUrl, mcpRegistryUrl, ...trusted]);
  const gitHubWith = (token: string | null, publicOnly = false) =>
    createGitHub({ fetch, apiUrl: githubApiUrl, token, publicOnly, now });
  const pypi = createPypi({ fetch, url: pypiUrl });
  const indexesWith = (configuration: NpmConfiguration): PackageIndexes => ({
    npm: createNpmRegistry({ configuration, registryUrl: npmRegistryUrl }),
    pypi,
  });
  const imagesWith: SharedTools['imagesWith'] = (loginFor) => createImageRegistries({ fetch, trusted, loginFor });
  const registry = createMcpRegistry({ fetch, url: mcpRegistryUrl });
  const { registryMirror } = settings;
  const suggestersWith = (configuration: NpmConfiguration): Suggester[] => [
    ...(registryMirror ? [(words: string) => registryMirror.search(words)] : []),
    createNpmSearch({ configuration, registryUrl: npmRegistryUrl }),
  ];
  const { detector, close: closeDetector } = createDetector(dataDir);
  const tools: AnalysisTools = {
    indexes: indexesWith(npmConfiguration),
    github: gitHubWith(githubToken),
    registry: settings.registryMirror ? createMirroredRegistry(registry, settings.registryMirror) : registry,
    images: imagesWith(() => null),
    builders: settings.builders ?? remoteBuilders,
    suggesters: suggestersWith(npmConfiguration),
    detector,
    model: null,
    fetch,
    dataDir,
    now,
  };
  const memberTools: AnalysisTools = {
    ...tools,
    indexes: indexesWith(withoutCredentials(npmConfiguration, npmRegistryUrl ?? null)),
    suggesters: suggestersWith(withoutCredentials(npmConfiguration, npmRegistryUrl ?? null)),
    github: gitHubWith(githubToken, true),
  };
  return {
    tools,
    memberTools,
    gitHubWith: (token) => gitHubWith(token),
    imagesWith,
    close: async () => {
      await Promise.all([close(), closeDetector()]);
    },
  };
}
