import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAnalysisTools } from '#server/compose/analysis-tools.ts';
import { analyzeSource } from '../analyze.ts';
import type { Builders } from '../context.ts';
import { startNpmStandIn } from '../registries/stand-ins/npm-registry.ts';
import { startWebStandIn } from '../registries/stand-ins/web.ts';
import type { AnalysisResult } from '../result.ts';
import { parseSource } from '../source/parse-source.ts';

export const MANIFEST = {
  name: 'a-mcp',
  version: '2.0.0',
  bin: 'dist/index.js',
  dependencies: { '@modelcontextprotocol/sdk': '1' },
};
export const HOME = { repository: 'https://github.com/o/r' };
export const README =
  '# A\n```json\n{"mcpServers": {"a": {"command": "npx", "args": ["-y", "a-mcp"], "env": {"A_TOKEN": "<your token>"}}}}\n```\n';
export const FILES = {
  'package.json': JSON.stringify(MANIFEST),
  'README.md': README,
  'src/index.ts': 'const t = process.env.A_TOKEN;\n',
};

/** The pipeline with stand-ins for the registries and for GitHub, and with a clock that the test sets. */
export async function openPipeline({ builders }: { builders?: Builders } = {}) {
  const [npm, web, folder] = await Promise.all([
    startNpmStandIn(),
    startWebStandIn(),
    mkdtemp(join(tmpdir(), 'catwalk-repository-')),
  ]);
  let now = new Date('2026-06-01T00:00:00Z');
  const { tools, close } = createAnalysisTools({
    npmConfiguration: { cache: join(folder, 'npm') },
    npmRegistryUrl: npm.url,
    githubApiUrl: web.url,
    githubToken: 'github-token',
    pypiUrl: web.url,
    mcpRegistryUrl: web.url,
    dataDir: folder,
    ...(builders === undefined ? {} : { builders }),
    now: () => now,
  });
  return {
    npm,
    web,
    folder,
    tools,
    pass: (milliseconds: number): void => {
      now = new Date(now.getTime() + milliseconds);
    },
    analyze: (source: string) =>
      analyzeSource(
        parseSource(source, { localPathsAllowed: false }),
        tools,
        async () => {},
        AbortSignal.timeout(20_000),
      ),
    close: async (): Promise<void> => {
      await close();
      await Promise.all([npm.close(), web.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type Pipeline = Awaited<ReturnType<typeof openPipeline>>;

/** Of each candidate: its runtime, package and version, whether it can be deployed, and whether it is verified. */
export const outcome = (result: AnalysisResult) =>
  result.candidates.map((one) => [one.runtime, one.package, one.version, one.deployable, one.verified]);
