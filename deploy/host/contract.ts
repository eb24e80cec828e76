/**
 * Everything that the host receives and reports, with package-spec.ts, wall-contract.ts and call-contract.ts:
 * what the rest of Catwalk imports of it. Types and constants, no dependency: the host ships alone inside the machine image.
 */
import type { PackageSpec } from './package-spec.ts';
import type { BoxSettings, ContainedAct, Egress } from './wall-contract.ts';

export type HostIsolation = 'AUTO' | 'SHARED' | 'PER_SESSION';

/** Everything one host needs. Holds secrets: lives in memory only, never in a log, an argument list or on disk. */
export type HostConfig = {
  /** Required in the `Catwalk-Host-Token` header of every request; without it the host listens on loopback only. */
  token?: string;
  package: PackageSpec;
  /** Arguments of the server, after its own bin. */
  args: string[];
  /** The child's environment besides PATH, HOME and TMPDIR. Their values are redacted from logs. */
  env: Record<string, string>;
  /** Values of `args` and `env` that are secret; redacted from logs and errors. Absent: every value of `env` of 6 characters and more. */
  secrets?: string[];
  /** FILE credentials: written 0600 into the child's home; the variable named `env` gets the path. */
  files?: { env: string; name: string; contentBase64: string }[];
  isolation: HostIsolation;
  /** The machine's memory, from which the number of children follows. */
  memoryMb?: number;
  /** Variables that the server is known to read: a message may name one in another spelling. */
  knownVariables?: string[];
  /** How long the server may take to answer its handshake; default 60 s. */
  handshakeTimeoutMs?: number;
  /** How many times longer than usual installations and starts may take, 1 or more: the processor is slow. */
  timeFactor?: number;
  /** The host installs the package and starts nothing by itself: each start is requested with `POST /attempt`. */
  trial?: boolean;
  /** Callers have values of their own: no child is shared between two of them, and none starts without them. */
  personal?: boolean;
  /** What the server may reach; absent: what the machine reaches. A host that cannot enforce it starts nothing. */
  egress?: Egress;
  /** For a container image; absent: public registries, anonymously. */
  registries?: RegistrySettings;
};

/** How registries of container images are reached. Holds a secret. */
export type RegistrySettings = {
  /** Origins that may have a private address, or go without TLS; the operator named them. */
  trusted: string[];
  /** Of the registry of the image that this machine runs; null: anonymous. */
  login: { username: string; password: string } | null;
};

/** `POST /attempt` in a trial: one start of the server. `env` and `files` replace those of the configuration. */
export type StartAttempt = {
  args: string[];
  env: Record<string, string>;
  files?: { env: string; name: string; contentBase64: string }[];
  /** Variables that the server is known to read. */
  knownVariables: string[];
  timeoutMs: number;
};

/** The result of one start. The process has ended when it is reported. */
export type AttemptReport = {
  /** SERVED: it answered the handshake. SILENT: it did not in time. FLOODED: it printed more than is read. */
  outcome: 'SERVED' | 'ENDED' | 'SILENT' | 'FLOODED';
  eras: ('legacy' | 'modern')[];
  serverInfo: { name: string; version: string } | null;
  tools: { name: string; description: string | null }[];
  /** Null when it served. */
  failure: HostFailure | null;
  milliseconds: number;
};

/** How a local machine hands the configuration over: the host's first line on the control pipe. */
export type ControlMessage = {
  config: HostConfig;
  dataDir: string;
  cacheDir: string;
  /** The size of the cache in bytes; absent: not limited. */
  cacheBytesMax?: number;
  /** First part of session ids (`{machineId}.{random}`); FLY_MACHINE_ID, then the name of `dataDir`, when absent. */
  machineId?: string;
  box?: BoxSettings;
  /** The folder of the files that the deployment keeps over restarts and releases; absent: it keeps none. */
  keptDir?: string;
};

/** The host reports these on the control pipe, one JSON line each. */
export type ControlReport = { kind: 'listening'; port: number };

export type HostPhase = 'INSTALLING' | 'STARTING_SERVER' | 'READY' | 'FAILED' | 'STOPPING';

export type HostFailureCode =
  | 'PACKAGE_NOT_FOUND'
  | 'VERSION_NOT_FOUND'
  | 'INTEGRITY_MISMATCH'
  | 'INSTALL_FAILED'
  | 'ENGINE_MISMATCH'
  | 'NATIVE_BUILD_FAILED'
  | 'NO_BIN'
  | 'MISSING_CREDENTIAL'
  /** A remote server whose owner has to sign in at its authorization server. */
  | 'SIGN_IN_REQUIRED'
  | 'MISSING_ARGUMENT'
  | 'EXITED_AT_START'
  | 'NO_HANDSHAKE'
  | 'SERVER_ERROR'
  | 'HANDSHAKE_TIMEOUT'
  | 'CRASHED'
  | 'CRASH_LOOP'
  | 'OUT_OF_MEMORY'
  | 'DISK_FULL';

/** Something that a server reported missing when it started. A place on the command line has no flag. */
export type Missing = { kind: 'variable'; name: string } | { kind: 'argument'; flag: string | null; name: string };

/** A package of the installation, as the index names it that it came from. */
export type InstalledPackage = { ecosystem: 'npm' | 'PyPI'; name: string; version: string };

/** Why an install or a child failed, for people: `message` is one sentence, `hint` says what to do. Redacted. */
export type HostFailure = {
  code: HostFailureCode;
  message: string;
  hint?: string;
  retryable: boolean;
  /** Names of variables that the server asked for. */
  variables?: string[];
  /** All that the server asked for; of each list one entry is enough. */
  needs?: Missing[][];
  /** Words that its usage text offers to start the server with, the likeliest first. */
  modes?: string[][];
  exitCode?: number | null;
  signal?: string | null;
  /** The first and the last lines of its output; `…` stands for those between. */
  stderrTail: string[];
  /** ISO 8601. */
  at: string;
};

/** Wall time, and the part of it for which the processor was withheld, as by a quota; in milliseconds. */
export type HeldBack = { wallMs: number; heldBackMs: number };

/** `GET /status`: 200 as soon as the host listens. */
export type HostStatus = {
  phase: HostPhase;
  /** ISO 8601, when the phase began. */
  since: string;
  package: { runtime: PackageSpec['runtime']; name: string; version?: string; bin?: string };
  install: {
    cached: boolean;
    packages: number;
    bytes: number;
    milliseconds: number | null;
    /** Processor time in milliseconds; absent while it lasts, and where it cannot be measured. */
    processorMs?: number;
  } | null;
  /**
   * How long the processor was withheld. Absent in hosts of older versions; null for what has not begun. `running`: in the
   * last five minutes since the server was ready.
   */
  heldBack?: { install: HeldBack | null; start: HeldBack | null; running?: HeldBack | null };
  serverInfo: { name: string; version: string } | null;
  era: 'legacy' | 'modern' | 'dual' | null;
  sessions: number;
  /** Clients with open sessions, by their own account; those without sessions are absent. Absent in hosts of older versions. */
  clients?: { name: string; version: string; sessions: number }[];
  /** Open requests and streams of clients. */
  openStreams: number;
  /**
   * Requests and tasks that a machine stays awake for: not streams that only listen, nor calls whose client left a
   * question unanswered for five minutes. Absent in hosts of older versions.
   */
  work?: number;
  children: {
    pid: number;
    startedAt: string;
    rssBytes: number | null;
    sessions: number;
    inFlight: number;
    /** The protocol that the host speaks with it. */
    era: 'legacy' | 'modern';
  }[];
  /** Requests that were translated between the eras since the host started. Absent in hosts of older versions. */
  translatedCalls?: number;
  /** Unrequested ends of children since the host started. */
  restarts: number;
  lastError: HostFailure | null;
  /** What walls have stopped since the machine started, the latest first. Absent in hosts of older versions. */
  contained?: ContainedAct[];
  /**
   * Entries of a list of hosts that would allow what the server has reached since the machine started; only where its
   * network is limited. Absent in hosts of older versions.
   */
  reached?: string[];
  /** ISO 8601: when a child last answered a call of a client other than the platform; null when none did yet. */
  lastAnswerAt: string | null;
  memory: { hostRssBytes: number; totalBytes: number | null; availableBytes: number | null };
  /**
   * Processor time of the host and of everything that it started, since it started itself: `bootId` names that start.
   * Null where it cannot be measured; absent in hosts of older versions.
   */
  processor?: { bootId: string; ms: number } | null;
  /** Another text each time that a list of the server may have changed. Absent in hosts of older versions. */
  listsMark?: string;
};

/**
 * `GET /logs?cursor=…&follow=1`: newline-delimited JSON of LogRecord. `cursor` is the `id` of the last line seen
 * (exclusive); an unknown one starts at the oldest line kept. With `follow=1` the answer stays open.
 */
export type LogRecord = {
  /** Opaque and increasing within one host process: `{bootId}.{sequence}`. */
  id: string;
  /** ISO 8601. */
  at: string;
  stream: 'INSTALL' | 'STDERR' | 'STDOUT' | 'HOST';
  text: string;
};

/**
 * `GET /offer`: what clients received as answers to their first questions, as JSON-RPC results of a character for each byte.
 * `openings` are those to `initialize`, by the version that was requested; `lists` by version, method and cursor, a line each.
 */
export type OfferedAnswers = { openings: Record<string, string>; lists: Record<string, string> };
export type Offer = {
  /** Two answers to the same question differed: the offer depends on the caller or the moment. */
  varies: boolean;
  /** Null when they are too large or hold a secret. */
  answers: OfferedAnswers | null;
};

/** A session as a cold start makes it again: JSON-RPC messages as the host keeps them, a character for each byte. */
export type KeptSession = {
  id: string;
  principal: string;
  protocolVersion: string;
  /** The client's `initialize` request. */
  initialize: string;
  /** The log level and the subscriptions, by the host's own keys. */
  remembered: [string, string][];
  /** Of HTTP+SSE (2024-11-05): the id in the address of its messages. */
  connection?: string;
};

/**
 * `POST /quiesce` answers 200, or 409 with the reason while anything is open; `POST /resume` takes it back. With
 * `?parked=1` streams that only listen may be open, and the answer holds the sessions for `POST /sessions`, which makes
 * those again that the host does not have. A host of an older version ignores the parameter and answers without sessions.
 */
export type QuiesceAnswer = { quiesced: true; sessions?: KeptSession[] } | { quiesced: false; reason: string };

/**
 * `POST /resume` makes a quiesced host take calls again. With `?ask=1` it also sends a ping to the children that serve, and
 * `answers` reports whether one of them answers; null if no child serves. A host of an older version leaves the member out.
 */
export type ResumeAnswer = { answers?: boolean | null };

/** `POST /restart-silent` ends the children that do not answer any more; their clients get new ones. */
export type RestartSilentAnswer = { restarted: number };

/**
 * `POST /values`: what children of one caller get besides what all have. Answers 200, or 409 if newer values are held.
 * `GET /values` names those that are held; `POST /values/forget` takes such a list, and ends the children of each.
 */
export type CallerValues = HeldRevision & {
  /** Milliseconds since the epoch, when the values were entered: older ones never take the place of newer ones. */
  at: number;
  env: Record<string, string>;
  /** Parts of `env` that are redacted from logs and errors. */
  secrets: string[];
};
/** `revision` is opaque, and another one with each change of the values. */
export type HeldRevision = { principal: string; revision: string };

/** The first argument with which the host's program is the relay of a server that serves HTTP. */
export const RELAY_ARGUMENT = 'relay';

/** The principal of Catwalk's own handshakes and pings: a child only it has used may be handed to the first caller. */
export const PLATFORM_PRINCIPAL = 'catwalk';
/** The files that one owner of a deployment keeps; beyond them its server is not started. */
export const KEPT_BYTES_MAX = 1024 * 1024 * 1024;
/** Path of the control pipe's file descriptor in a local host process. */
export const CONTROL_FD = 3;
