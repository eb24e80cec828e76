import { type Role, roleIn, sharesFor } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from '../deployment/deployment.ts';
import { ShareRoleEnum } from '../enums.ts';
import { TeamType } from './team.ts';

builder.prismaObject('Share', {
  description: 'A right of other people than the owner at a deployment.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID, for `unshareDeployment`.' }),
    role: t.expose('role', { type: ShareRoleEnum, description: 'Role that the share gives.' }),
    personName: t.string({
      nullable: true,
      description: 'Name of the person; null for a team and for everyone.',
      select: { user: { select: { name: true } } },
      resolve: ({ user }) => user?.name ?? null,
    }),
    personEmail: t.string({
      nullable: true,
      description: 'E-mail address of the person; null for a team and for everyone.',
      select: { user: { select: { email: true } } },
      resolve: ({ user }) => user?.email ?? null,
    }),
    team: t.relation('team', {
      type: TeamType,
      nullable: true,
      description: 'The team; null for a person and for everyone.',
    }),
    everyone: t.boolean({
      description: 'True if everyone who can sign in here has it.',
      select: { userId: true, teamId: true },
      resolve: ({ userId, teamId }) => userId === null && teamId === null,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was given.' }),
  }),
});

builder.prismaObjectFields(DeploymentType, (t) => ({
  ownerName: t.string({
    description: 'Name of the person whom it belongs to, and whose quota its machine counts against.',
    select: { owner: { select: { name: true } } },
    resolve: ({ owner }) => owner.name,
  }),
  shared: t.boolean({
    description: 'True if it belongs to another person, who shares it with the viewer.',
    select: { ownerId: true },
    resolve: ({ ownerId }, _args, { actor }) => ownerId !== actor?.userId,
  }),
  viewerRole: t.field({
    type: ShareRoleEnum,
    description: 'What the viewer may do with it: OPERATE or OWN.',
    select: (_args, { actor }) => ({
      ownerId: true,
      shares: { where: sharesFor(actor?.userId ?? '', 'USE'), select: { role: true } },
    }),
    resolve: (row, _args, { actor }): Role => roleIn(row, actor?.userId ?? '') ?? 'OPERATE', // read with that role
  }),
  shares: t.relation('shares', {
    description: 'Whom it is shared with, the oldest first.',
    query: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
  }),
}));
