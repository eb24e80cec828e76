import type { Transaction } from '#prisma/client.ts';
import { isUuid } from '#server/domain/access/uuid.ts';
import { type Actor, requireWrite } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import type { AuditEntry } from '#server/domain/audit/entries.ts';
import { invalidInput, notFound, UserError } from '#server/domain/errors.ts';
import { endLostRights } from './end-rights.ts';
import { findPerson } from './find-person.ts';
import type { SharingDeps } from './shares.ts';

/** Groups of people with whom deployments are shared together. Its managers change a team; every member sees it. */
export interface TeamService {
  /** Makes a team, of which the caller is the first member and manager. */
  create(actor: Actor, name: string): Promise<{ id: string }>;
  rename(actor: Actor, input: { id: string; name: string }): Promise<void>;
  /** Ends what its members had by the team. */
  delete(actor: Actor, id: string): Promise<void>;
  /** Adds a person by name or e-mail address, or changes whether a member manages the team. */
  addMember(actor: Actor, input: { teamId: string; person: string; manages: boolean }): Promise<void>;
  /** Removes a member; members may remove themselves. Ends what the person had by the team. */
  removeMember(actor: Actor, input: { teamId: string; userId: string }): Promise<void>;
}

const NAME_CHARACTERS_MAX = 60;
const TEAMS_MAX = 50;
const MEMBERS_MAX = 200;

export function createTeams({ transaction, events, clock }: SharingDeps): TeamService {
  const readMembers = (tx: Transaction, teamId: string) =>
    tx.teamMember.findMany({ where: { teamId }, select: { userId: true, manages: true } });

  /** Records a change for every member, the person who acted, and the person whom it is about. */
  const audit = async (tx: Transaction, actor: Actor, people: readonly string[], entry: AuditEntry) => {
    for (const ownerId of new Set([actor.userId, ...people])) await writeAudit(tx, { actor, ownerId }, entry);
  };

  /** Locks a team of the caller. Throws NOT_FOUND for a stranger's, and FORBIDDEN for members who do not manage it. */
  const lockTeam = async (tx: Transaction, actor: Actor, id: string, mayAct: (manages: boolean) => boolean) => {
    if (!isUuid(id)) throw notFound('The team');
    await tx.$queryRaw`SELECT 1 FROM "Team" WHERE "id" = ${id}::uuid FOR UPDATE`;
    const team = await tx.team.findUnique({ where: { id }, select: { name: true } });
    const members = await readMembers(tx, id);
    const own = members.find(({ userId }) => userId === actor.userId);
    if (team === null || own === undefined) throw notFound('The team');
    if (!mayAct(own.manages))
      throw new UserError('FORBIDDEN', 'Only managers of the team may do this.', {
        hint: 'Ask a manager of the team.',
      });
    return { name: team.name, members };
  };
  const isManager = (manages: boolean) => manages;

  /** Locks what is shared with a team, in the order in which every transaction locks several deployments. */
  const lockShared = async (tx: Transaction, teamId: string): Promise<string[]> => {
    const shares = await tx.share.findMany({ where: { teamId }, select: { deploymentId: true } });
    const ids = shares.map(({ deploymentId }) => deploymentId).sort();
    for (const id of ids) await tx.$queryRaw`SELECT 1 FROM "Deployment" WHERE "id" = ${id}::uuid FOR UPDATE`;
    return ids;
  };

  const announce = async (
    tx: Transaction,
    actor: Actor,
    deploymentIds: readonly string[],
    people: readonly string[],
  ) => {
    for (const id of deploymentIds) await endLostRights({ events, now: clock }, tx, actor, id);
    for (const userId of people) await events.publish(tx, 'deployments', userId);
  };

  return {
    create: (actor, given) => {
      requireWrite(actor);
      const name = checkName(given);
      return transaction(async (tx) => {
        if ((await tx.teamMember.count({ where: { userId: actor.userId } })) >= TEAMS_MAX)
          throw new UserError('LIMIT_REACHED', `A person is in at most ${TEAMS_MAX} teams.`, {
            kind: 'limit',
            hint: 'Leave or delete a team that is no longer used.',
          });
        const members = { create: { userId: actor.userId, manages: true } };
        const { id } = await tx.team.create({ data: { name, createdAt: clock(), members }, select: { id: true } });
        await audit(tx, actor, [], { type: 'team.created', teamId: id, name });
        return { id };
      });
    },

    rename: (actor, { id, name: given }) => {
      requireWrite(actor);
      return transaction(async (tx) => {
        const { members } = await lockTeam(tx, actor, id, isManager);
        const name = checkName(given);
        await tx.team.update({ where: { id }, data: { name } });
        const people = members.map(({ userId }) => userId);
        await audit(tx, actor, people, { type: 'team.renamed', teamId: id, name });
      });
    },

    delete: (actor, id) => {
      requireWrite(actor);
      return transaction(async (tx) => {
        const { name, members } = await lockTeam(tx, actor, id, isManager);
        const shared = await lockShared(tx, id);
        await tx.team.delete({ where: { id } });
        const people = members.map(({ userId }) => userId);
        await announce(tx, actor, shared, people);
        await audit(tx, actor, people, { type: 'team.deleted', teamId: id, name });
      });
    },

    addMember: (actor, { teamId, person, manages }) => {
      requireWrite(actor);
      return transaction(async (tx) => {
        const { name, members } = await lockTeam(tx, actor, teamId, isManager);
        const { id: userId, name: member } = await findPerson(tx, person);
        if (!manages) requireAnotherManager(members, userId);
        const before = members.find((one) => one.userId === userId);
        if (before === undefined && members.length >= MEMBERS_MAX)
          throw new UserError('LIMIT_REACHED', `A team has at most ${MEMBERS_MAX} members.`, { kind: 'limit' });
        await tx.teamMember.upsert({
          where: { teamId_userId: { teamId, userId } },
          create: { teamId, userId, manages, createdAt: clock() },
          update: { manages },
        });
        await announce(tx, actor, [], [userId]);
        await audit(tx, actor, [userId], { type: 'team.member-added', teamId, name, memberId: userId, member });
      });
    },

    removeMember: (actor, { teamId, userId }) => {
      requireWrite(actor);
      return transaction(async (tx) => {
        const isSelf = userId === actor.userId;
        const { name, members } = await lockTeam(tx, actor, teamId, (manages) => manages || isSelf);
        if (!members.some((one) => one.userId === userId)) throw notFound('The member');
        requireAnotherManager(members, userId);
        const shared = await lockShared(tx, teamId);
        const { user } = await tx.teamMember.delete({
          where: { teamId_userId: { teamId, userId } },
          select: { user: { select: { name: true } } },
        });
        await announce(tx, actor, shared, [userId]);
        const entry = { type: 'team.member-removed', teamId, name, memberId: userId, member: user.name } as const;
        await audit(tx, actor, [userId], entry);
      });
    },
  };
}

/** A team without a manager could never be changed again. */
function requireAnotherManager(members: readonly { userId: string; manages: boolean }[], userId: string): void {
  const leaving = members.find((one) => one.userId === userId);
  if (!leaving?.manages || members.some((one) => one.manages && one.userId !== userId)) return;
  throw new UserError('CONFLICT', 'The team needs a manager.', {
    kind: 'conflict',
    hint: 'Let another member manage the team first, or delete the team.',
  });
}

function checkName(given: string): string {
  const name = given.trim();
  if (name !== '' && name.length <= NAME_CHARACTERS_MAX) return name;
  const message = `A team's name has 1 to ${NAME_CHARACTERS_MAX} characters.`;
  throw invalidInput(message, [{ field: 'name', message }]);
}
