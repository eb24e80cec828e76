import type { RegistryLogin } from '#deploy/host/images/registry-access.ts';
import type { CompilerName } from '#deploy/host/package-spec.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import type { MoreFindings } from './detect/describe-server.ts';
import type { Archive } from './files/archive.ts';
import type { FileSet } from './files/file-set.ts';
import type { ModelReader } from './llm/reader.ts';
import type { Report } from './progress.ts';
import type { GitHub } from './registries/github.ts';
import type { ImageRegistries } from './registries/images.ts';
import type { PackageIndexes, PublishedPackage } from './registries/indexed-package.ts';
import type { McpRegistry } from './registries/mcp-registry.ts';
import type { Suggester } from './registries/suggestion.ts';
import type { Repository, RepositoryReading } from './repository/read-repository.ts';
import type { AnalysisResult, AnalysisWarning, Described } from './result.ts';

/** The facts beside its files that decide on the candidate of a published package. */
export type CandidateOptions = {
  /** True when the package leads back to the source. */
  verified: boolean;
  now: Date;
  more?: MoreFindings;
  /** The user pasted a line that starts this package, perhaps with a command of its own. */
  launched?: { bin: string | null };
};

/**
 * Reads files of strangers in processes of its own.
 * @throws UserError ANALYSIS_FAILED when the files cannot be read within the limits; the signal's reason when it fires.
 */
export interface Detector {
  packageCandidate(
    signal: AbortSignal,
    found: PublishedPackage,
    files: FileSet,
    options: CandidateOptions,
  ): Promise<Described>;
  archiveCandidate(signal: AbortSignal, archive: Archive): Promise<Described>;
  readRepository(signal: AbortSignal, repository: Repository): Promise<RepositoryReading>;
  /** Starts a process while the files are still on their way. */
  warmUp(): void;
}

/** Answers whether a server can be built from its source: null if it can, else the reason with what to do instead. */
export type Builders = (compiler: CompilerName) => string | null;

/** The outside services that an analysis reaches: each is one narrow way out, with limits of its own. */
export type AnalysisTools = {
  indexes: PackageIndexes;
  github: GitHub;
  registry: McpRegistry;
  images: ImageRegistries;
  /** Answers whether machines can build a server from its source. */
  builders: Builders;
  /** Search lists of servers for a name that no package has, best list first. */
  suggesters: readonly Suggester[];
  /** Reads the files, in processes of its own. */
  detector: Detector;
  /** Fills gaps from the documents; null where none is configured. */
  model: ModelReader | null;
  /** Downloads bundles. */
  fetch: SafeFetch;
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

export type SharedTools = {
  /** The tools of the administrator, with the platform's own GitHub token and npm credentials, and without a model. */
  tools: AnalysisTools;
  /** The tools of every other user: the platform's credentials open nothing to them that is not public. */
  memberTools: AnalysisTools;
  /** GitHub with a person's own token. It remembers responses, so that it must serve that person alone. */
  gitHubWith: (token: string) => GitHub;
  /** Registries of images with a person's own logins. */
  imagesWith: (loginFor: (registry: string) => RegistryLogin | null) => ImageRegistries;
  close: () => Promise<void>;
};
