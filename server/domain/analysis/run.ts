import type { AnalysisResult, AnalysisWarning } from './model.ts';
import type { ModelReader } from './model-reader.ts';
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
  /** What costs money, and may be needless once another try succeeds, is left to the last one. */
  isLastTry: boolean;
};

/** Partial: something could not be reached; what is there is right, and may not be all. */
export type Analysed = {
  result: AnalysisResult;
  isPartial: boolean;
  /** The documents of each candidate, by its key, for a model to read. */
  readmes: ReadonlyMap<string, string>;
};

export const analysedFrom = (
  described: readonly Described[],
  more: readonly AnalysisWarning[] = [],
): Pick<Analysed, 'result' | 'readmes'> => ({
  result: {
    candidates: described.map(({ candidate }) => candidate),
    warnings: [...more, ...described.flatMap(({ warnings }) => warnings)],
  },
  readmes: new Map(described.flatMap(({ candidate, readme }) => (readme ? [[candidate.key, readme] as const] : []))),
});
