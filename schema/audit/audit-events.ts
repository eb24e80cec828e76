import { builder } from '../builder.ts';
import { uuidOf } from '../ids.ts';

const AuditEventType = builder.prismaObject('AuditEvent', {
  description: 'Who did what, when and from where. Never changed, never removed.',
  fields: (t) => ({
    id: t.id({ description: 'Increasing with time.', resolve: ({ id }) => String(id) }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    actor: t.exposeString('actor', { description: 'The id of the user, or `system`.' }),
    ip: t.exposeString('ip', { nullable: true, description: 'The address it came from.' }),
    type: t.exposeString('type', { description: 'What was done, such as deployment.created.' }),
    deploymentId: t.globalID({
      nullable: true,
      description: 'The deployment it was done to; it may be gone.',
      resolve: ({ deploymentId }) => (deploymentId === null ? null : { type: 'Deployment', id: deploymentId }),
    }),
    data: t.expose('data', { type: 'JSON', description: 'The particulars: names and ids, never secrets.' }),
  }),
});

builder.queryField('auditEvents', (t) =>
  t.withAuth({ signedIn: true }).prismaConnection(
    {
      type: AuditEventType,
      cursor: 'id',
      description: "The viewer's audit trail, newest first.",
      args: {
        deploymentId: t.arg.id({ required: false, description: 'Only of this deployment: global id or UUID.' }),
      },
      resolve: (query, _root, { deploymentId }, { prisma, actor }) => {
        const uuid = deploymentId == null ? null : uuidOf(deploymentId, 'Deployment');
        if (deploymentId != null && uuid === null) return [];
        return prisma.auditEvent.findMany({
          ...query,
          where: { ownerId: actor.userId, ...(uuid === null ? {} : { deploymentId: uuid }) },
          orderBy: { id: 'desc' },
        });
      },
    },
    { name: 'AuditEventConnection' },
    { name: 'AuditEventEdge' },
  ),
);
