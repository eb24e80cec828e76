import { hasNoHost, isMachine, monthlyCost, NO_COST } from '#server/domain/catalog.ts';
import { readIcons } from '#server/domain/declared-icons.ts';
import { parseFailure } from '#server/domain/deployments/rows/failure.ts';
import { parseFields } from '#server/domain/deployments/rows/fields.ts';
import { parseSnapshot } from '#server/domain/deployments/rows/snapshot.ts';
import { reachable } from '#server/domain/reach.ts';
import { ArgumentFieldType, CredentialFieldType } from '../analysis/fields.ts';
import { builder } from '../builder.ts';
import { MonthlyCostType } from '../catalog/catalog.ts';
import { DeploymentPhaseEnum, DeploymentStatusEnum, EndpointAccessEnum, IsolationEnum } from '../enums.ts';
import { rowUuid } from '../ids.ts';
import { PromptSummaryType, ResourceSummaryType, ToolSummaryType } from '../tools.ts';
import { DeploymentFailureType } from './failure.ts';
import { MachineSummaryType } from './machine.ts';
import { ReleaseType } from './release.ts';

const currentSnapshot = { currentRelease: { select: { snapshot: true } } } as const;

export const DeploymentType = builder.prismaNode('Deployment', {
  description: 'One MCP server that a user runs.',
  id: { field: 'id', description: 'The global id.' },
  nullable: true, // one that is not there is null, not an error of ours
  findUnique: (id, { actor }) => ({ id: rowUuid(id), ...reachable(actor?.userId ?? '', 'OPERATE') }),
  fields: (t) => ({
    databaseId: t.exposeString('id', { description: 'The UUID in `endpointUrl`.' }),
    name: t.exposeString('name', { description: 'Name given by the owner.' }),
    source: t.exposeString('source', { description: 'The pasted text.' }),
    status: t.expose('status', { type: DeploymentStatusEnum, description: 'Current status.' }),
    phase: t.expose('phase', {
      type: DeploymentPhaseEnum,
      nullable: true,
      description: 'The step of the release that is on its way; null when none is.',
    }),
    failure: t.field({
      type: DeploymentFailureType,
      nullable: true,
      description:
        'Why it is FAILED or UNHEALTHY, why its newest release did not take over, or why it had failed before it was stopped.',
      select: { failure: true },
      resolve: ({ failure }) => parseFailure(failure),
    }),
    endpointUrl: t.string({
      description: 'Endpoint address for MCP clients.',
      select: { id: true },
      resolve: ({ id }, _args, { publicUrl }) => `${publicUrl}/api/mcp/${id}`,
    }),
    slug: t.string({
      description: 'Short name of the deployment, which can stand in place of the UUID in `endpointUrl`.',
      select: { id: true, slug: true },
      resolve: ({ id, slug }) => slug ?? id, // an older version makes rows without one during an upgrade
    }),
    formerSlugs: t.relation('formerSlugs', {
      description: 'Short names that were replaced and still lead to the deployment, the latest first.',
      query: () => ({ where: { until: { gt: new Date() } }, orderBy: [{ until: 'desc' }, { slug: 'asc' }] }),
    }),
    personalFields: t.exposeStringList('personalFields', {
      description: 'Names of the credential fields of which each person has an own value.',
    }),
    access: t.expose('access', { type: EndpointAccessEnum, description: 'Access policy of the endpoint.' }),
    isolation: t.expose('isolation', { type: IsolationEnum, description: 'Sessions that share one server process.' }),
    region: t.exposeString('region', { description: 'Machine region.' }),
    memoryMb: t.exposeInt('memoryMb', { description: 'Memory of the machine in MB.' }),
    processor: t.exposeString('processor', {
      description: "Name of its machine's processor; it has no effect on this computer.",
    }),
    sleepAfterMinutes: t.exposeInt('sleepAfterMinutes', {
      nullable: true,
      description: 'Idle minutes before it goes to sleep, or null if it never does.',
    }),
    answersWhileAsleep: t.exposeBoolean('answersWhileAsleep', {
      description:
        'True if clients that only listen do not keep it awake, and lists are answered while it sleeps. False: an open stream keeps it awake.',
    }),
    currentRelease: t.relation('currentRelease', {
      nullable: true,
      description: 'The release that serves.',
    }),
    targetRelease: t.field({
      type: ReleaseType,
      nullable: true,
      description: 'The release that is on its way to serve; the current one when nothing is.',
      select: (_args, _context, nested) => ({ targetReleaseId: true, releases: nested() }),
      resolve: ({ releases, targetReleaseId }) => releases.find(({ id }) => id === targetReleaseId) ?? null,
    }),
    releases: t.relatedConnection(
      'releases',
      {
        cursor: 'id',
        description: 'All releases of the deployment, newest first.',
        query: { orderBy: { number: 'desc' } },
      },
      { name: 'ReleaseConnection' },
      { name: 'ReleaseEdge' },
    ),
    machine: t.field({
      type: MachineSummaryType,
      nullable: true,
      description: 'The machine of its newest release; null while there is none, and for a remote server.',
      select: (_args, _context, nested) => ({
        machines: nested({ where: { destroyAt: null, drainingAt: null }, orderBy: { createdAt: 'desc' }, take: 1 }),
      }),
      resolve: ({ machines: [machine] }) => (machine && isMachine(machine) ? machine : null),
    }),
    iconUrl: t.string({
      nullable: true,
      description:
        'Path of the icon that the server declares, for browsers that are signed in; null without one. `theme=dark` in the query selects the icon for dark pages.',
      select: { id: true, currentRelease: { select: { id: true, icons: true } } },
      resolve: ({ id, currentRelease }) =>
        readIcons(currentRelease?.icons).length > 0
          ? `/api/icons/deployments/${id}?release=${currentRelease?.id}`
          : null,
    }),
    tools: t.field({
      type: [ToolSummaryType],
      description: 'The tools of the release that serves, as its handshake found them.',
      select: currentSnapshot,
      resolve: ({ currentRelease }) => parseSnapshot(currentRelease?.snapshot ?? null)?.tools ?? [],
    }),
    resources: t.field({
      type: [ResourceSummaryType],
      description: 'The resources of the release that serves.',
      select: currentSnapshot,
      resolve: ({ currentRelease }) => parseSnapshot(currentRelease?.snapshot ?? null)?.resources ?? [],
    }),
    prompts: t.field({
      type: [PromptSummaryType],
      description: 'The prompts of the release that serves.',
      select: currentSnapshot,
      resolve: ({ currentRelease }) => parseSnapshot(currentRelease?.snapshot ?? null)?.prompts ?? [],
    }),
    events: t.relatedConnection(
      'events',
      { cursor: 'id', description: 'Events of the deployment, newest first.', query: { orderBy: { id: 'desc' } } },
      { name: 'DeploymentEventConnection' },
      { name: 'DeploymentEventEdge' },
    ),
    accessTokens: t.relation('accessTokens', {
      description: 'The tokens of its endpoint that were not revoked, newest first.',
      query: { where: { kind: 'USER', revokedAt: null }, orderBy: { createdAt: 'desc' } },
    }),
    credentialFields: t.field({
      type: [CredentialFieldType],
      description: 'The variables it reads, as a form asks for them.',
      select: { fields: true },
      resolve: ({ fields }) => parseFields(fields).credentials,
    }),
    argumentFields: t.field({
      type: [ArgumentFieldType],
      description: 'The arguments it takes, as a form asks for them.',
      select: { fields: true },
      resolve: ({ fields }) => parseFields(fields).arguments,
    }),
    monthlyCost: t.field({
      type: MonthlyCostType,
      description: 'Monthly cost of its machine.',
      select: { memoryMb: true, processor: true, region: true, currentRelease: { select: { runtime: true } } },
      resolve: ({ memoryMb, processor, region, currentRelease }) =>
        hasNoHost(currentRelease?.runtime) ? NO_COST : monthlyCost(memoryMb, region, processor),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
    lastHealthyAt: t.expose('lastHealthyAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it last answered a health check.',
    }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its endpoint was last called.',
    }),
  }),
});
