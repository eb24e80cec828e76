import type { AnalysisResult, AnalysisWarning } from './model.ts';
import type { Described } from './npm-candidate.ts';
import type { Report } from './progress.ts';
import type { GitHub } from './registries/github.ts';
import type { McpRegistry } from './registries/mcp-registry.ts';
import type { NpmRegistry } from './registries/npm.ts';
import type { Pypi } from './registries/pypi.ts';

/** What analysing reaches: each is one narrow way out, with limits of its own. */
export type AnalysisTools = {
  npm: NpmRegistry;
  pypi: Pypi;
  github: GitHub;
  registry: McpRegistry;
  /** Folders and tarballs are kept below it, in `sources/`. */
  dataDir: string;
  now: () => Date;
};

/** One try at one source. */
export type Run = { tools: AnalysisTools; report: Report; signal: AbortSignal };

/** Partial: something could not be reached; what is there is right, and may not be all. */
export type Analysed = { result: AnalysisResult; isPartial: boolean };

export const resultOf = (described: readonly Described[], more: readonly AnalysisWarning[] = []): AnalysisResult => ({
  candidates: described.map(({ candidate }) => candidate),
  warnings: [...more, ...described.flatMap(({ warnings }) => warnings)],
});
