import type { PrismaClient, Transaction } from '#prisma/client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { type Actor, requireWrite } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import {
  openPersonalValues,
  type PersonalValues,
  replacePersonalValues,
} from '#server/domain/credentials/personal-values.ts';
import { invalidInput, notFound, UserError } from '#server/domain/errors.ts';
import type { Events } from '#server/domain/events.ts';
import { connectable, reachable } from '#server/domain/reach.ts';
import { disconnectFrom } from '#server/domain/sharing/end-rights.ts';
import type { KeyValue } from '../form/key-value.ts';
import { type DeploymentFields, parseFields } from '../rows/fields.ts';
import { checkOwnValues, lockValues, notPersonal, requireWhole } from './own-values.ts';
import { missingFields, splitFields } from './personal-form.ts';

/** What a person may know of a deployment that they connect to with an own key. */
export type PersonalForm = {
  deploymentId: string;
  deploymentName: string;
  fields: DeploymentFields['credentials'];
  /** Names of the fields that have a value of this person. */
  set: string[];
  isOwner: boolean;
};

export interface PersonalService {
  /** Null for a deployment without personal fields, and for one that the person may not use. */
  find(actor: Actor, deploymentId: string): Promise<PersonalForm | null>;
  /** The deployments that hold values of the person. */
  list(actor: Actor): Promise<PersonalForm[]>;
  /** Sets values; those that are not named stay. */
  set(actor: Actor, input: { deploymentId: string; values: KeyValue[] }): Promise<void>;
  /** Removes values, all where no names are given: children and streams that use them end, on every instance. */
  remove(
    actor: Actor,
    input: {
      deploymentId: string;
      names?: readonly string[] | null;
      /** The person's clients are disconnected as well. */
      disconnect?: boolean;
    },
  ): Promise<void>;
  /** Keeps the values that a token carries, in the transaction that makes the token. */
  saveForToken(
    tx: Transaction,
    token: { id: string; deploymentId: string },
    values: readonly KeyValue[],
    now: Date,
  ): Promise<void>;
}

/** Deployments at which a person's own values serve: for clients, or for calls from the dashboard. */
export const usableBy = (userId: string): Prisma.DeploymentWhereInput => ({
  desired: { not: 'DELETED' },
  OR: [reachable(userId, 'OPERATE'), connectable(userId)],
});

/** The same, and those that still hold values of the person, or a connection. */
const mayLeave = (userId: string): Prisma.DeploymentWhereInput => ({
  OR: [usableBy(userId), { personal: { some: { userId } } }, { connections: { some: { userId } } }],
});

const SELECT = {
  id: true,
  name: true,
  ownerId: true,
  fields: true,
  personalFields: true,
} as const;

type Row = Prisma.DeploymentGetPayload<{ select: typeof SELECT }>;

export function createPersonalService(deps: {
  prisma: PrismaClient;
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  events: Events;
  envelopes: Envelopes;
  clock: () => Date;
}): PersonalService {
  const { prisma, transaction, events, envelopes, clock } = deps;

  const formOf = (row: Row, names: readonly string[], userId: string): PersonalForm => ({
    deploymentId: row.id,
    deploymentName: row.name,
    fields: splitFields(parseFields(row.fields), row.personalFields).personal,
    set: names.filter((name) => row.personalFields.includes(name)),
    isOwner: row.ownerId === userId,
  });

  const openOwn = async (tx: Transaction, deploymentId: string, userId: string): Promise<PersonalValues> => {
    const row = await tx.personalValues.findUnique({ where: { deploymentId_userId: { deploymentId, userId } } });
    return row === null ? {} : openPersonalValues(envelopes, row);
  };

  /** Replaces the person's values by what `change` makes of them. */
  const changeOwn = (
    actor: Actor,
    deploymentId: string,
    where: Prisma.DeploymentWhereInput,
    change: (form: PersonalForm, before: PersonalValues) => PersonalValues,
    after: (tx: Transaction) => Promise<void> = async () => {},
  ): Promise<void> => {
    requireWrite(actor);
    return transaction(async (tx) => {
      await lockValues(tx, deploymentId);
      const row = await tx.deployment.findFirst({ where: { id: deploymentId, ...where }, select: SELECT });
      if (!row) throw notFound('The deployment');
      const { userId } = actor;
      const before = await openOwn(tx, deploymentId, userId);
      const values = change(formOf(row, Object.keys(before), userId), before);
      await replacePersonalValues(tx, envelopes, { deploymentId, holder: { userId }, values, now: clock() });
      const set = Object.keys(values).filter((name) => values[name] !== before[name]);
      const unset = Object.keys(before).filter((name) => !Object.hasOwn(values, name));
      await writeAudit(tx, { actor, ownerId: userId }, { type: 'personal-values.updated', set, unset }, deploymentId);
      await after(tx);
      await events.publish(tx, 'access', deploymentId);
    });
  };

  return {
    find: async (actor, deploymentId) => {
      const row = await prisma.deployment.findFirst({
        where: { id: deploymentId, ...usableBy(actor.userId) },
        select: { ...SELECT, personal: { where: { userId: actor.userId }, select: { names: true } } },
      });
      if (!row || row.personalFields.length === 0) return null;
      return formOf(row, row.personal[0]?.names ?? [], actor.userId);
    },

    list: async (actor) => {
      const rows = await prisma.personalValues.findMany({
        where: { userId: actor.userId, deployment: { desired: { not: 'DELETED' } } },
        orderBy: [{ deployment: { name: 'asc' } }, { id: 'asc' }],
        select: { names: true, deployment: { select: SELECT } },
      });
      return rows.map(({ names, deployment }) => formOf(deployment, names, actor.userId));
    },

    set: (actor, { deploymentId, values: given }) =>
      changeOwn(actor, deploymentId, usableBy(actor.userId), ({ fields }, before) => {
        const stranger = given.find(({ name }) => !fields.some((field) => field.name === name));
        if (stranger) throw notPersonal(stranger.name);
        const values = checkOwnValues(fields, given);
        if (Object.keys(values).length === 0) {
          const [first] = fields;
          const message = 'Enter at least one value.';
          throw invalidInput(message, first ? [{ field: first.name, message }] : [], 'To remove values, remove them.');
        }
        return { ...before, ...values };
      }),

    // Also by a person who may no longer use the deployment: the values are theirs.
    remove: (actor, { deploymentId, names, disconnect = false }) =>
      changeOwn(
        actor,
        deploymentId,
        mayLeave(actor.userId),
        ({ fields, isOwner }, before) => {
          const kept = names == null ? {} : omit(before, names);
          const needed = missingFields(fields, Object.keys(kept));
          if (isOwner && needed.length > missingFields(fields, Object.keys(before)).length) {
            throw new UserError('CONFLICT', `Catwalk starts the server with your own ${needed[0]?.label ?? 'value'}.`, {
              kind: 'conflict',
              hint: 'Enter another value in its place, or stop the deployment.',
            });
          }
          return kept;
        },
        disconnect ? (tx) => disconnectFrom({ events, now: clock }, tx, actor, actor.userId, deploymentId) : undefined,
      ),

    saveForToken: async (tx, token, given, now) => {
      const row = await tx.deployment.findUniqueOrThrow({ where: { id: token.deploymentId }, select: SELECT });
      const { fields } = formOf(row, [], '');
      const stranger = given.find(({ name }) => !fields.some((field) => field.name === name));
      if (stranger) throw notPersonal(stranger.name);
      const values = checkOwnValues(fields, given);
      requireWhole(fields, values, 'A token carries all values that its calls need.');
      await replacePersonalValues(tx, envelopes, {
        deploymentId: token.deploymentId,
        holder: { accessTokenId: token.id },
        values,
        now,
      });
    },
  };
}

const omit = (values: PersonalValues, names: readonly string[]): PersonalValues =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
