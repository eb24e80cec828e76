import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createAnalysisTools } from '#server/compose/analysis-tools.ts';
import { analyzeSource } from '#server/domain/analysis/analyze.ts';
import { TASKS } from '#server/domain/analysis/candidates/isolated/tasks.ts';
import type { AnalysisTools, Detector } from '#server/domain/analysis/context.ts';
import { startNpmStandIn } from '#server/domain/analysis/registries/stand-ins/npm-registry.ts';
import { parseSource } from '#server/domain/analysis/source/parse-source.ts';
import { recordFigure } from './figures.ts';

const BUNDLE_CHARACTERS = 3_000_000;
const ROUNDS = 20;
const RESOLUTION_MS = 5;
const GOAL_MS = 100;
const ROOT = join(import.meta.dirname, '..');

/** As much real code as a large bundle holds: libraries of this project, one behind the other. */
async function bundleOf(characters: number): Promise<string> {
  const parts: string[] = ['#!/usr/bin/env node\nconst key = process.env.A_API_KEY;\n'];
  let length = 0;
  for (const file of globSync('node_modules/{graphql,zod,undici,yaml,openai}/**/*.js', { cwd: ROOT }).sort()) {
    if (length >= characters) break;
    const text = await readFile(join(ROOT, file), 'utf8');
    parts.push(text.slice(0, characters - length));
    length += text.length;
  }
  return parts.join('\n');
}

/** The same work inside of this process, to compare. */
const inThisProcess: Detector = {
  warmUp: () => {},
  packageCandidate: async (_, ...input) => TASKS.packageCandidate(...input),
  archiveCandidate: async (_, ...input) => TASKS.archiveCandidate(...input),
  readRepository: async (_, ...input) => TASKS.readRepository(...input),
};

async function measure(tools: AnalysisTools) {
  const source = parseSource('a-mcp', { localPathsAllowed: false });
  const analyze = () => analyzeSource(source, tools, async () => {}, AbortSignal.timeout(120_000));
  await analyze();
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const times: number[] = [];
  delay.enable();
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await analyze();
    times.push(performance.now() - started);
  }
  delay.disable();
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  return {
    'analysis, p50 ms': Math.round(times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0),
    'delay p50 ms': Number(late(delay.percentile(50)).toFixed(1)),
    'delay p99 ms': Number(late(delay.percentile(99)).toFixed(1)),
    'delay max ms': Number(late(delay.max).toFixed(1)),
  };
}

/** How late the event loop of a server is while it analyzes a package with a bundle of 3 MB, twenty times in a row. */
export async function measureDelay(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'catwalk-delay-'));
  const npm = await startNpmStandIn();
  npm.publish(
    { name: 'a-mcp', version: '1.0.0', bin: 'index.js', dependencies: { '@modelcontextprotocol/sdk': '1' } },
    { 'index.js': await bundleOf(BUNDLE_CHARACTERS) },
  );
  const { tools, close } = createAnalysisTools({
    npmConfiguration: { cache: join(dataDir, 'npm') },
    npmRegistryUrl: npm.url,
    pypiUrl: npm.url,
    githubApiUrl: npm.url,
    githubToken: null,
    mcpRegistryUrl: npm.url,
    dataDir,
    now: () => new Date(),
  });
  try {
    const isolated = await measure(tools);
    const inside = await measure({ ...tools, detector: inThisProcess });
    console.table({ 'in a child process': isolated, 'in the same process': inside });
    recordFigure('event loop while a bundle of 3 MB is analyzed, p99', isolated['delay p99 ms'], 'ms', {
      atMost: GOAL_MS,
    });
    recordFigure(
      'time of that analysis, child process ÷ same process',
      isolated['analysis, p50 ms'] / inside['analysis, p50 ms'],
    );
  } finally {
    await close();
    await npm.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}
