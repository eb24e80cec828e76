import { createModelReader } from './model-reader.ts';
import { createGitHub } from './registries/github.ts';
import { createMcpRegistry } from './registries/mcp-registry.ts';
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
  /** Without it the model step is skipped. */
  model?: { apiKey: string; baseUrl: string; name: string } | undefined;
  dataDir: string;
  now: () => Date;
};

/** The ways out of an analysis, made once at start. The configured origins may be private; all others may not. */
export function createAnalysisTools(settings: AnalysisSettings): { tools: AnalysisTools; close: () => Promise<void> } {
  const { npmConfiguration, npmRegistryUrl, pypiUrl, githubApiUrl, githubToken, mcpRegistryUrl, dataDir, now } =
    settings;
  const { model } = settings;
  const { fetch, close } = createSafeFetch([pypiUrl, githubApiUrl, mcpRegistryUrl]);
  const tools: AnalysisTools = {
    npm: createNpmRegistry({ configuration: npmConfiguration, registryUrl: npmRegistryUrl }),
    pypi: createPypi({ fetch, url: pypiUrl }),
    github: createGitHub({ fetch, apiUrl: githubApiUrl, token: githubToken, now }),
    registry: createMcpRegistry({ fetch, url: mcpRegistryUrl }),
    model:
      model === undefined
        ? null
        : createModelReader({ apiKey: model.apiKey, baseUrl: model.baseUrl, model: model.name }),
    dataDir,
    now,
  };
  return { tools, close };
}
