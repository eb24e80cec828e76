import { builder } from '../builder.ts';
import { DeploymentPhaseEnum, DeploymentStatusEnum } from '../enums.ts';

export const DeploymentEventType = builder.prismaObject('DeploymentEvent', {
  description: 'Something that happened to a deployment.',
  fields: (t) => ({
    id: t.id({ description: 'Increasing with time.', resolve: ({ id }) => String(id) }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    status: t.expose('status', { type: DeploymentStatusEnum, description: 'The status from then on.' }),
    phase: t.expose('phase', { type: DeploymentPhaseEnum, nullable: true, description: 'The step from then on.' }),
    message: t.exposeString('message', { description: 'What happened, in one sentence.' }),
    releaseId: t.globalID({
      nullable: true,
      description: 'The release it is about.',
      resolve: ({ releaseId }) => (releaseId === null ? null : { type: 'Release', id: releaseId }),
    }),
  }),
});
