import { createGitHub, type GitHub } from './registries/github.ts';
import { createMcpRegistry } from './registries/mcp-registry.ts';
import { createMirroredRegistry, type RegistryMirror } from './registries/mirrored-registry.ts';
import { createNpmRegistry } from './registries/npm.ts';
import type { NpmConfiguration } from './registries/npm-configuration.ts';
import { createPypi } from './registries/pypi.ts';
import { createSafeFetch } from './registries/safe-fetch.ts';
import type { AnalysisTools } from './run.ts';

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
  /** What does not depend on who asks: no model, and the platform's own GitHub token. */
  tools: AnalysisTools;
  /** GitHub with a token of somebody's own. It remembers answers, so it must serve nobody else. */
  gitHubWith: (token: string) => GitHub;
  close: () => Promise<void>;
};

/** The ways out of an analysis, made once at start. The configured origins may be private; all others may not. */
export function createAnalysisTools(settings: AnalysisSettings): SharedTools {
  const { npmConfiguration, npmRegistryUrl, pypiUrl, githubApiUrl, githubToken, mcpRegistryUrl, dataDir, now } =
    settings;
  const { fetch, close } = createSafeFetch([pypiUrl, githubApiUrl, mcpRegistryUrl]);
  const gitHubWith = (token: string | null) => createGitHub({ fetch, apiUrl: githubApiUrl, token, now });
  const registry = createMcpRegistry({ fetch, url: mcpRegistryUrl });
  const tools: AnalysisTools = {
    npm: createNpmRegistry({ configuration: npmConfiguration, registryUrl: npmRegistryUrl }),
    pypi: createPypi({ fetch, url: pypiUrl }),
    github: gitHubWith(githubToken),
    registry: settings.registryMirror ? createMirroredRegistry(registry, settings.registryMirror) : registry,
    model: null,
    dataDir,
    now,
  };
  return { tools, gitHubWith, close };
}
