import { inside, type Room, WEB_FRAMEWORKS } from './room.ts';

/** The arrows between the rooms of the domain, and out of it. */
export const DOMAIN_ROOMS: readonly Room[] = [
  {
    room: 'server/domain',
    imports: [
      'prisma',
      'deploy/*',
      'deploy/fly',
      'deploy/host/contract.ts',
      'deploy/host/egress/host-entry.ts',
      'deploy/host/images/image-config.ts',
      'deploy/host/images/image-error.ts',
      'deploy/host/images/image-reference.ts',
      'deploy/host/images/read-image.ts',
      'deploy/host/images/registry-access.ts',
      'deploy/host/package-spec.ts',
      'deploy/host/redact.ts',
      'deploy/host/call-contract.ts',
      'deploy/host/wall-contract.ts',
      'deploy/host/zip.ts',
    ],
    packages: { not: WEB_FRAMEWORKS },
    because: 'the domain knows no HTTP, no GraphQL and no environment; of the host it knows the contract only',
  },
  ...inside('server/domain', [
    { room: 'credentials', imports: ['*'], because: 'sealing and reading secrets needs nothing of the product' },
    { room: 'outbound', imports: ['*'], because: 'requests to addresses that users name know no product' },
    { room: 'audit', imports: ['*'], because: 'every part writes the audit trail, so it depends on none of them' },
    { room: 'usage', imports: ['*'], because: 'counting calls needs nothing else' },
    { room: 'logs', imports: ['*'], because: 'a log is followed, and not interpreted' },
    { room: 'quotas', imports: ['*'], because: 'limits are read by other rooms and read none of them' },
    { room: 'access', imports: ['*', 'audit'], because: 'a token is issued and revoked, and both are audited' },
    { room: 'identity', imports: ['*', 'audit', 'credentials'], because: 'people and their tokens know no deployment' },
    {
      room: 'members',
      imports: [
        '*',
        'audit',
        'deployments/intents/owner-intents.ts',
        'identity',
        'quotas',
        'settings/sign-up.ts',
        'trials/end-trials.ts',
      ],
      because: 'a member who is locked or deleted loses machines too',
    },
    {
      room: 'settings',
      imports: ['*', 'audit', 'credentials', 'outbound', 'quotas', 'identity/reserved-address.ts'],
      because: 'settings hold keys and limits, and use neither on a deployment',
    },
    {
      room: 'analysis',
      imports: ['*', 'credentials', 'outbound', 'quotas', 'settings'],
      because: 'an analysis reads a source and knows no deployment',
    },
    {
      room: 'registry',
      imports: ['*', 'outbound', 'analysis'],
      because: 'the copy of the registry is read with the parsers of the analysis',
    },
    {
      room: 'learn',
      imports: ['*', 'analysis/detect', 'analysis/result.ts'],
      because: 'a start changes a form wherever it is kept, in an analysis or in a deployment',
    },
    {
      room: 'alerts',
      imports: ['*', 'outbound', 'settings'],
      because: 'an alert is delivered to an address of the settings',
    },
    {
      room: 'sharing',
      imports: ['*', 'access', 'audit'],
      because: 'a share ends with the tokens and connections that people had by it',
    },
    {
      room: 'deployments',
      imports: ['*', 'alerts', 'analysis', 'audit', 'credentials', 'learn', 'sharing'],
      because: 'a deployment runs what an analysis found',
    },
    {
      room: 'trials',
      imports: ['*', 'analysis', 'deployments', 'learn'],
      because: 'a trial starts what an analysis found, on the machines of deployments',
    },
    {
      room: 'oauth',
      imports: ['*', 'access', 'audit', 'credentials', 'identity', 'outbound'],
      because: 'clients are authorized for an endpoint, whatever runs behind it',
    },
    {
      room: 'remote-sign-in',
      imports: ['*', 'audit', 'credentials', 'outbound', 'deployments/rows'],
      because: 'an owner signs in for a release that relays elsewhere, and a worker starts it later',
    },
    {
      room: 'doctor',
      imports: ['*', 'access'],
      because: 'the connection doctor calls the endpoint from outside, as a client',
    },
    { room: 'retention', imports: ['*', 'analysis'], because: 'retention deletes rows and files by their age' },
  ]),
  ...inside('server/domain/analysis', [
    {
      room: 'context.ts',
      imports: ['detect', 'files', 'llm/reader.ts', 'registries', 'repository', 'progress.ts', 'result.ts'],
      because: 'it names the tools that the stages get; server/compose makes them',
    },
    { room: 'result.ts', imports: [], because: 'the result is data' },
    { room: 'progress.ts', imports: ['result.ts'], because: 'progress is data' },
    { room: 'source', imports: ['files', 'result.ts'], because: 'parsing reads a text and reaches for nothing' },
    { room: 'files', imports: [], because: 'files are bytes with a name' },
    {
      room: 'registries',
      imports: ['files', 'detect/manifests', 'detect/package-facts.ts', 'source'],
      because: 'a registry returns metadata and files, and judges neither',
    },
    {
      room: 'detect',
      imports: ['files', 'source', 'result.ts'],
      because: 'a detector reads files and returns facts; it reaches for no registry',
    },
    {
      room: 'repository',
      imports: ['detect', 'files', 'source', 'result.ts'],
      because: 'it reads a repository that is already here',
    },
    {
      room: 'llm',
      imports: ['detect', 'registries', 'source', 'result.ts', 'context.ts', 'progress.ts'],
      because: 'the language model only adds to what was detected',
    },
    {
      room: 'candidates',
      imports: [
        'detect',
        'files',
        'registries',
        'repository',
        'source',
        'llm',
        'result.ts',
        'context.ts',
        'progress.ts',
      ],
      because:
        'candidates bring sources, registries and detectors together; a child process reads the files of strangers',
    },
  ]),
  ...inside('server/domain/deployments', [
    { room: 'status.ts', imports: [], because: 'predicates of a status are pure' },
    { room: 'rows', imports: ['status.ts'], because: 'rows know neither intents nor the reconciler' },
    { room: 'form', imports: ['rows'], because: 'a form and its values become a launch, for intents and hosts alike' },
    {
      room: 'definitions',
      imports: ['rows', '*'],
      because: 'what a server offers is compared and agreed to; hosts and pages read the outcome',
    },
    {
      room: 'personal',
      imports: ['rows', 'form'],
      because: 'callers and hosts have values besides those of a release; no intent is needed for either',
    },
    {
      room: 'intents',
      imports: ['rows', 'form', 'personal', '*'],
      because: 'an intent writes rows; the reconciler acts on them later',
    },
    {
      room: 'reconcile',
      imports: ['rows', 'definitions', 'personal', '*'],
      because: 'the reconciler reads rows, and no intent',
    },
    { room: 'upkeep', imports: ['rows', 'status.ts'], because: 'upkeep works beside the reconciler, on the same rows' },
  ]),
];
