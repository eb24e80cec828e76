import { builder } from '../builder.ts';
import { rowUuid } from '../ids.ts';

builder.prismaObject('TeamMember', {
  description: 'A person in a team.',
  select: { user: { select: { name: true, email: true } } },
  fields: (t) => ({
    userId: t.exposeID('userId', { description: 'Names the person, for `removeTeamMember`.' }),
    name: t.string({ description: 'Name of the person.', resolve: ({ user }) => user.name }),
    email: t.string({ description: 'E-mail address of the person.', resolve: ({ user }) => user.email }),
    manages: t.exposeBoolean('manages', {
      description: 'True if the person may rename and delete the team, add people and remove them.',
    }),
  }),
});

export const TeamType = builder.prismaObject('Team', {
  description: 'People with whom deployments are shared together.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID of the team.' }),
    name: t.exposeString('name', { description: 'Name of the team.' }),
    members: t.relation('members', {
      description: 'The members, by name; none for a team that the viewer is not in.',
      query: (_args, { actor }) => ({
        where: { team: { members: { some: { userId: actor?.userId ?? '' } } } },
        orderBy: { user: { name: 'asc' } },
      }),
    }),
    viewerManages: t.boolean({
      description: 'True if the viewer manages it.',
      select: (_args, { actor }) => ({ members: { where: { userId: actor?.userId ?? '', manages: true } } }),
      resolve: ({ members }, _args, { actor }) =>
        members.some(({ userId, manages }) => manages && userId === actor?.userId),
    }),
  }),
});

builder.queryField('teams', (t) =>
  t.withAuth({ signedIn: true }).prismaField({
    type: [TeamType],
    description: 'The teams of the viewer, by name.',
    resolve: (query, _root, _args, { prisma, actor }) =>
      prisma.team.findMany({
        ...query,
        where: { members: { some: { userId: actor.userId } } },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
      }),
  }),
);

const AddTeamMemberInput = builder.inputType('AddTeamMemberInput', {
  description: 'A person to add to a team.',
  fields: (t) => ({
    teamId: t.id({ description: 'UUID of the team.' }),
    person: t.string({ description: 'Name or e-mail address of the person.' }),
    manages: t.boolean({ required: false, defaultValue: false, description: 'Let the person manage the team.' }),
  }),
});

const RemoveTeamMemberInput = builder.inputType('RemoveTeamMemberInput', {
  description: 'A person to remove from a team.',
  fields: (t) => ({
    teamId: t.id({ description: 'UUID of the team.' }),
    userId: t.string({ description: 'The `userId` of the member; your own to leave the team.' }),
  }),
});

const TeamPayload = builder.objectRef<{ id: string }>('TeamPayload').implement({
  description: 'A team after a change.',
  fields: (t) => ({
    team: t.withAuth({ signedIn: true }).prismaField({
      type: TeamType,
      nullable: true,
      description: 'The team; null once it is deleted, and for people who left it.',
      resolve: (query, { id }, _args, { prisma, actor }) =>
        prisma.team.findFirst({ ...query, where: { id: rowUuid(id), members: { some: { userId: actor.userId } } } }),
    }),
  }),
});

builder.mutationFields((t) => ({
  createTeam: t.withAuth({ write: true }).field({
    type: TeamPayload,
    errors: {},
    description: 'Makes a team, of which the viewer is the first member and manager.',
    args: { name: t.arg.string({ description: 'Name of the team.' }) },
    resolve: (_root, { name }, { actor, services }) => services.teams.create(actor, name),
  }),
  renameTeam: t.withAuth({ write: true }).field({
    type: TeamPayload,
    errors: {},
    description: 'Renames a team that the viewer manages.',
    args: {
      id: t.arg.id({ description: 'UUID of the team.' }),
      name: t.arg.string({ description: 'The new name.' }),
    },
    resolve: async (_root, { id, name }, { actor, services }) => {
      await services.teams.rename(actor, { id, name });
      return { id };
    },
  }),
  deleteTeam: t.withAuth({ write: true }).field({
    type: TeamPayload,
    errors: {},
    description: 'Deletes a team that the viewer manages. What its members had by the team ends.',
    args: { id: t.arg.id({ description: 'UUID of the team.' }) },
    resolve: async (_root, { id }, { actor, services }) => {
      await services.teams.delete(actor, id);
      return { id };
    },
  }),
  addTeamMember: t.withAuth({ write: true }).field({
    type: TeamPayload,
    errors: {},
    description: 'Adds a person to a team, or changes whether a member manages it.',
    args: { input: t.arg({ type: AddTeamMemberInput, description: 'The team and the person.' }) },
    resolve: async (_root, { input: { teamId, person, manages } }, { actor, services }) => {
      await services.teams.addMember(actor, { teamId, person, manages: manages ?? false });
      return { id: teamId };
    },
  }),
  removeTeamMember: t.withAuth({ write: true }).field({
    type: TeamPayload,
    errors: {},
    description: 'Removes a person from a team. What the person had by the team ends.',
    args: { input: t.arg({ type: RemoveTeamMemberInput, description: 'The team and the person.' }) },
    resolve: async (_root, { input: { teamId, userId } }, { actor, services }) => {
      await services.teams.removeMember(actor, { teamId, userId });
      return { id: teamId };
    },
  }),
}));
