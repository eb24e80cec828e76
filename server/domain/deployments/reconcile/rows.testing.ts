import type { HostFailure, HostStatus } from '#deploy/host/contract.ts';
import type { Deployment, Machine, Release } from '#prisma/generated/client/client.ts';
import type { CredentialPayload } from '#server/domain/credentials/credential-set.ts';

/** Rows of one deployment, its first release and its machine, at one moment. */
export const NOW = new Date('2026-11-20T12:00:00Z');
export const ago = (ms: number) => new Date(NOW.getTime() - ms);

export const deployment = (over: Partial<Deployment> = {}): Deployment => ({
  id: 'd1',
  ownerId: 'u1',
  name: 'n',
  source: 's',
  slug: null,
  access: 'TOKEN',
  isolation: 'AUTO',
  egress: 'MACHINE',
  egressHosts: [],
  egressReached: [],
  callsLost: 0,
  callsLostAt: null,
  region: 'iad',
  memoryMb: 256,
  processor: 'shared-cpu-4x',
  sleepAfterMinutes: null,
  answersWhileAsleep: true,
  recordsBodies: false,
  fields: {},
  personalFields: [],
  status: 'DEPLOYING',
  phase: 'QUEUED',
  desired: 'RUNNING',
  generation: 1,
  observedGeneration: 0,
  failure: null,
  restartGeneration: null,
  currentReleaseId: null,
  targetReleaseId: 'r1',
  nextCheckAt: NOW,
  leaseOwner: 'me',
  leaseUntil: NOW,
  attempts: 0,
  phaseSince: NOW,
  healthFailures: 0,
  lastHealthyAt: null,
  lastUsedAt: null,
  lastWokenAt: null,
  wakeAskedAt: null,
  lastWakeMs: null,
  newestVersion: null,
  newestVersionSeenAt: null,
  newerVersions: [],
  tags: [],
  credentialTest: null,
  versionCheckAt: null,
  createdAt: NOW,
  updatedAt: NOW,
  ...over,
});

export const RUNNING = { status: 'RUNNING', phase: null, currentReleaseId: 'r1' } as const;

export const release = (id = 'r1'): Release => ({
  id,
  deploymentId: 'd1',
  number: Number(id.slice(1)),
  runtime: 'npm',
  package: 'p',
  version: '1.0.0',
  integrity: null,
  spec: {},
  region: 'iad',
  memoryMb: 256,
  processor: 'shared-cpu-4x',
  isolation: 'AUTO',
  egress: 'MACHINE',
  egressHosts: [],
  personalFields: [],
  credentialVersion: 1,
  snapshot: null,
  offer: null,
  offerDigests: null,
  offerVaries: false,
  hostToken: 't',
  reason: 'deploy',
  timings: {},
  failure: null,
  createdAt: NOW,
  liveAt: null,
  retiredAt: null,
});

type Rendered = CredentialPayload['rendered'];

/** One version of credentials as text, which a test keeps in place of an envelope: empty but for what a child receives. */
export const credentialsText = (rendered: Partial<Rendered> = {}): string =>
  JSON.stringify({
    credentials: {},
    arguments: {},
    extraArguments: [],
    extraEnvironment: {},
    rendered: { args: [], env: {}, files: [], secrets: [], ...rendered },
  } satisfies CredentialPayload);

export const row = (over: Partial<Machine> = {}): Machine => ({
  id: 'm1',
  deploymentId: 'd1',
  releaseId: 'r1',
  app: 'app',
  name: 'cw-d1-r1',
  configHash: '',
  machineId: 'fly1',
  machineSince: null,
  region: 'iad',
  state: 'started',
  address: 'http://127.0.0.1:1',
  instanceId: 'i1',
  logCursor: null,
  callCursor: null,
  createdAt: NOW,
  drainingAt: null,
  unreachableSince: null,
  formerMachineIds: [],
  abandonedAt: null,
  destroyAt: null,
  updatedAt: NOW,
  ...over,
});

export const host = (phase: HostStatus['phase'], lastError: HostFailure | null = null): HostStatus => ({
  phase,
  since: NOW.toISOString(),
  package: { runtime: 'npm', name: 'p' },
  install: null,
  serverInfo: null,
  era: null,
  sessions: 0,
  openStreams: 0,
  children: [],
  restarts: 0,
  lastError,
  lastAnswerAt: null,
  memory: { hostRssBytes: 0, totalBytes: null, availableBytes: null },
});
