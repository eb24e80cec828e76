/**
 * The processors that a machine can have on Fly: how much of a core they sustain, and which memory goes with them.
 * Source: superfly/docs, machines/cpu-performance and machines/guides-examples/machine-sizing, read on 2026-11-30.
 */
export type Processor = {
  /** Fly's name of it. */
  name: string;
  kind: 'shared' | 'performance';
  cpus: number;
  /** Cores of time that it may use for good. A shared one bursts above that for a while. */
  sustainedCores: number;
  memoryMinMb: number;
  memoryMaxMb: number;
};

/** 5 ms of every 80 ms for each shared processor; a new machine may use 5 s more, once. first hour: F8 */
const SHARED_CORES = 5 / 80;
const BURST_SECONDS = 5;

const shared = (cpus: number): Processor => ({
  name: `shared-cpu-${cpus}x`,
  kind: 'shared',
  cpus,
  sustainedCores: SHARED_CORES * cpus,
  memoryMinMb: 256 * cpus,
  memoryMaxMb: 2_048 * cpus,
});

export const DEFAULT_PROCESSOR = shared(1);

/** Slowest first. Larger ones want more memory than a machine can have that sleeps. */
export const PROCESSORS: readonly Processor[] = [
  DEFAULT_PROCESSOR,
  shared(2),
  shared(4),
  shared(8),
  {
    name: 'performance-1x',
    kind: 'performance',
    cpus: 1,
    sustainedCores: 1,
    memoryMinMb: 2_048,
    memoryMaxMb: 8_192,
  },
];

/** A processor of another version of Catwalk counts as the default one. */
export const getProcessor = (name: string): Processor =>
  PROCESSORS.find((one) => one.name === name) ?? DEFAULT_PROCESSOR;

/** The same processor where it can have so much memory, else the smallest that can; the same where none can. */
export const withMemory = (processor: Processor, memoryMb: number): Processor => {
  const fits = ({ memoryMinMb, memoryMaxMb }: Processor) => memoryMb >= memoryMinMb && memoryMb <= memoryMaxMb;
  return fits(processor) ? processor : (PROCESSORS.find(fits) ?? processor);
};

/** The next faster processor; null for the fastest. */
export const fasterThan = (name: string): Processor | null =>
  PROCESSORS.find(({ sustainedCores }) => sustainedCores > getProcessor(name).sustainedCores) ?? null;

/** The time limits of installations and starts are made for this share of a core. */
const LIMITS_ASSUME_CORES = 0.25;

/** How many times longer than usual an installation or a start may take on a processor of this share. */
export const timeFactorOf = ({ sustainedCores }: Pick<Processor, 'sustainedCores'>): number =>
  Math.max(1, LIMITS_ASSUME_CORES / sustainedCores);

/** What is known of the work that an installation makes. */
export type PackageWeight = {
  /** Packages that it names itself. */
  dependencies: number;
  /** Processor time of an installation from nothing, as a trial measured it; null where none has. */
  installMs: number | null;
};

/**
 * Processor time of an installation that was not measured yet, by docs/bench.md: what a small server takes, and what each
 * dependency adds. The packages that a dependency brings along are not known before, so that this is a guess: a trial
 * replaces it.
 */
const SECONDS_ALONE = 4;
const SECONDS_PER_DEPENDENCY = 0.25;
/** The host and the server of a new machine start too. */
const SECONDS_TO_START = 3;
/** The same work takes so much more processor time in slices of 5 ms: caches are cold in each, and timers go on. */
const SLICED_FACTOR = 1.5;
/** An installation should be over within this time. */
const INSTALL_SECONDS = 60;

/** Seconds of processor time that an installation takes without a quota: as measured, else as its dependencies suggest. */
export const installSeconds = ({ dependencies, installMs }: PackageWeight): number =>
  installMs === null ? SECONDS_ALONE + SECONDS_PER_DEPENDENCY * dependencies : installMs / 1_000;

/** Seconds of processor time from the creation of a machine with a quota to the first answer of its server. */
export const startSeconds = (weight: PackageWeight): number =>
  SECONDS_TO_START + SLICED_FACTOR * installSeconds(weight);

/** Wall time of so much work on a new machine: at full speed until its burst is used up. */
export const wallSeconds = (seconds: number, { sustainedCores }: Pick<Processor, 'sustainedCores'>): number =>
  seconds <= BURST_SECONDS || sustainedCores >= 1
    ? seconds
    : BURST_SECONDS + (seconds - BURST_SECONDS) / sustainedCores;

/** The smallest processor on which a package should be installed, and its server started, within a minute. */
export const proposeProcessor = (weight: PackageWeight): Processor => {
  const seconds = startSeconds(weight);
  return (
    PROCESSORS.find((processor) => wallSeconds(seconds, processor) <= INSTALL_SECONDS) ??
    PROCESSORS.at(-1) ??
    DEFAULT_PROCESSOR
  );
};
