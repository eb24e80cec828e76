import { AUDIT_TYPES } from '#server/domain/audit/entries.ts';
import { auditWhere, readSearch } from '#server/domain/audit/read.ts';
import { builder } from '../builder.ts';
import { uuidOf } from '../ids.ts';

const AuditEventType = builder.prismaObject('AuditEvent', {
  description: 'An action with its actor, time and address. Audit events are never removed; only the address goes.',
  fields: (t) => ({
    id: t.id({ description: 'Increasing with time.', resolve: ({ id }) => String(id) }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    actor: t.exposeString('actor', { description: 'The id of the user, or `system`.' }),
    actorName: t.string({
      nullable: true,
      description: 'The name of the user; null for `system`, and once the account is gone.',
      select: { actor: true },
      // Lookups of one page become one query.
      resolve: async ({ actor }, _args, { prisma }) =>
        (await prisma.user.findUnique({ where: { id: actor }, select: { name: true } }))?.name ?? null,
    }),
    ip: t.exposeString('ip', { nullable: true, description: 'The address it came from; null after 90 days.' }),
    type: t.exposeString('type', { description: 'Type of action, such as deployment.created.' }),
    deploymentId: t.globalID({
      nullable: true,
      description: 'The deployment it was done to; it may be gone.',
      resolve: ({ deploymentId }) => (deploymentId === null ? null : { type: 'Deployment', id: deploymentId }),
    }),
    deploymentDatabaseId: t.exposeString('deploymentId', {
      nullable: true,
      description: 'UUID of the deployment that the entry is about, or null.',
    }),
    deploymentName: t.string({
      nullable: true,
      description: 'The name of the deployment at that time, which outlives it; null in entries of older versions.',
      resolve: ({ deploymentName }) => deploymentName,
    }),
    data: t.expose('data', { type: 'JSON', description: 'The particulars: names and ids, never secrets.' }),
  }),
});

builder.queryField('auditEventTypes', (t) =>
  t.withAuth({ signedIn: true }).stringList({
    description: 'Every type that an audit event can have.',
    resolve: () => [...AUDIT_TYPES],
  }),
);

builder.queryField('auditEvents', (t) =>
  t.withAuth({ signedIn: true }).prismaConnection(
    {
      type: AuditEventType,
      cursor: 'id',
      description: "The viewer's audit trail, newest first.",
      args: {
        deploymentId: t.arg.id({ required: false, description: 'Only of this deployment: global id or UUID.' }),
        types: t.arg.stringList({ required: false, description: 'Only of these types, such as deployment.created.' }),
        since: t.arg({ type: 'DateTime', required: false, description: 'Only from then on.' }),
        until: t.arg({ type: 'DateTime', required: false, description: 'Only before then.' }),
        actor: t.arg.string({ required: false, description: 'Only by this user, by id, or by `system`.' }),
        search: t.arg.string({
          required: false,
          description: 'Only those whose deployment, type or user contains this text.',
        }),
      },
      resolve: async (query, _root, { deploymentId, types, since, until, ...args }, { prisma, actor }) => {
        const uuid = deploymentId == null ? null : uuidOf(deploymentId, 'Deployment');
        if (deploymentId != null && uuid === null) return [];
        return prisma.auditEvent.findMany({
          ...query,
          where: auditWhere(actor.userId, {
            deploymentId: uuid,
            types: types ?? null,
            since: since ?? null,
            until: until ?? null,
            actor: args.actor ?? null,
            search: await readSearch(prisma, args.search ?? ''),
          }),
          orderBy: { id: 'desc' },
        });
      },
    },
    { name: 'AuditEventConnection' },
    { name: 'AuditEventEdge' },
  ),
);
