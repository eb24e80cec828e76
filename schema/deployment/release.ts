import { z } from 'zod';
import { DeploymentPhase } from '#prisma/generated/client/enums.ts';
import { hasNoHost } from '#server/domain/catalog.ts';
import { parseFailure } from '#server/domain/deployments/rows/failure.ts';
import { erasOf, parseSnapshot } from '#server/domain/deployments/rows/snapshot.ts';
import { reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { EgressPolicyEnum, IsolationEnum, PROTOCOL_ERAS, ProtocolEraEnum, RuntimeEnum } from '../enums.ts';
import { rowUuid } from '../ids.ts';
import { DeploymentFailureType } from './failure.ts';

const PhaseTimingType = builder.objectRef<{ phase: string; milliseconds: number }>('PhaseTiming').implement({
  description: 'How long one step of a release took.',
  fields: (t) => ({
    phase: t.exposeString('phase', { description: 'The step.' }),
    milliseconds: t.exposeFloat('milliseconds', { description: 'Duration of the phase in milliseconds.' }),
  }),
});

const PHASES: readonly string[] = Object.keys(DeploymentPhase);
const timings = z.record(z.string(), z.number());

export const ReleaseType = builder.prismaNode('Release', {
  description: 'An immutable record of what a deployment runs.',
  id: { field: 'id', description: 'The global id.' },
  nullable: true, // one that is not there is null, not an error of ours
  findUnique: (id, { actor }) => ({ id: rowUuid(id), deployment: reachable(actor?.userId ?? '', 'OPERATE') }),
  fields: (t) => ({
    databaseId: t.exposeString('id', { description: 'The UUID, which `id` arguments accept too.' }),
    number: t.exposeInt('number', { description: 'Counted from 1 within its deployment.' }),
    runtime: t.expose('runtime', { type: RuntimeEnum, description: 'Kind of package.' }),
    package: t.exposeString('package', { description: 'The name of its package.' }),
    version: t.exposeString('version', { description: 'The exact version.' }),
    integrity: t.exposeString('integrity', { nullable: true, description: 'The hash of that version, as SRI.' }),
    region: t.exposeString('region', { description: 'Machine region.' }),
    memoryMb: t.exposeInt('memoryMb', { description: 'Memory of the machine in MB.' }),
    processor: t.exposeString('processor', { description: "Name of its machine's processor." }),
    isolation: t.expose('isolation', { type: IsolationEnum, description: 'Sessions that share one server process.' }),
    egress: t.expose('egress', {
      type: EgressPolicyEnum,
      description: 'Network policy of the release: what its server may reach.',
    }),
    egressHosts: t.exposeStringList('egressHosts', { description: 'The hosts that are listed besides.' }),
    reason: t.exposeString('reason', {
      description: 'Reason for the release: deploy, redeploy, rollback, credentials, settings.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
    liveAt: t.expose('liveAt', { type: 'DateTime', nullable: true, description: 'When it began to serve.' }),
    retiredAt: t.expose('retiredAt', { type: 'DateTime', nullable: true, description: 'When another took over.' }),
    failure: t.field({
      type: DeploymentFailureType,
      nullable: true,
      description: 'Reason why the release never served, or null.',
      select: { failure: true },
      resolve: ({ failure }) => parseFailure(failure),
    }),
    timings: t.field({
      type: [PhaseTimingType],
      description: 'Durations of the steps of the release so far, in order.',
      select: { timings: true },
      resolve: (release) =>
        Object.entries(timings.safeParse(release.timings).data ?? {})
          .map(([phase, milliseconds]) => ({ phase, milliseconds }))
          .sort((a, b) => PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase)),
    }),
    serverName: t.string({
      nullable: true,
      description: 'Name and version that the server reports.',
      select: { snapshot: true },
      resolve: ({ snapshot }) => {
        const info = parseSnapshot(snapshot)?.serverInfo;
        return info ? `${info.name} ${info.version}` : null;
      },
    }),
    protocolVersion: t.string({
      nullable: true,
      description: 'The MCP version of its handshake.',
      select: { snapshot: true },
      resolve: ({ snapshot }) => parseSnapshot(snapshot)?.protocolVersion ?? null,
    }),
    eras: t.field({
      type: [ProtocolEraEnum],
      description:
        'Eras of MCP that the server itself supports; empty until its handshake, and for a remote server. Catwalk translates for clients of the other.',
      select: { snapshot: true, runtime: true },
      resolve: ({ snapshot, runtime }) =>
        (hasNoHost(runtime) ? [] : erasOf(parseSnapshot(snapshot))).map((era) => PROTOCOL_ERAS[era]),
    }),
    instructions: t.string({
      nullable: true,
      description: 'Instructions for models, as the server reports them. Not to be trusted.',
      select: { snapshot: true },
      resolve: ({ snapshot }) => parseSnapshot(snapshot)?.instructions ?? null,
    }),
  }),
});
