import type { PrismaClient, Transaction } from '#prisma/client.ts';
import { type Actor, requireWrite } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import { invalidInput, notFound, UserError } from '#server/domain/errors.ts';
import type { Events } from '#server/domain/events.ts';
import { requireSession } from '#server/domain/identity/sessions.ts';
import type { IssuerTerms } from './identity-assertion.ts';

const ISSUERS_MAX = 20;
const ADDRESS_CHARACTERS_MAX = 2_000;
const SUBJECT_CHARACTERS_MAX = 500;

/** Identity providers whose assertions are exchanged for access tokens, and the users whom they name. */
export interface TrustedIssuers {
  find(issuer: string): Promise<IssuerTerms | null>;
  /** Reports whether any issuer is trusted, so that the metadata names the grant. */
  hasAny(): Promise<boolean>;
  /** Trusts an issuer, or changes how. Only for the administrator, as are the others below. */
  trust(actor: Actor, terms: IssuerTerms): Promise<void>;
  /** Ends the trust, the links of its subjects, and what clients were given for these users. */
  distrust(actor: Actor, issuer: string): Promise<void>;
  /** Says which user of this installation a subject of an issuer is. A subject that was linked is linked again. */
  link(actor: Actor, input: { issuer: string; subject: string; email: string }): Promise<void>;
  /** Ends a link, and what clients were given for its user by assertions. */
  unlink(actor: Actor, input: { issuer: string; subject: string }): Promise<void>;
}

export function createTrustedIssuers(deps: {
  prisma: PrismaClient;
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  events: Pick<Events, 'publish'>;
  isTrustedOrigin: (origin: string) => boolean;
  clock: () => Date;
}): TrustedIssuers {
  const { prisma, transaction, events, clock } = deps;

  /** Ends what clients were given for these users by assertions; another issuer of theirs can assert again. */
  const endAsserted = async (tx: Transaction, userIds: string[]) => {
    const ended = await tx.oAuthGrant.updateManyAndReturn({
      where: { connection: { userId: { in: userIds }, client: { grant: 'IDENTITY_ASSERTION' } }, revokedAt: null },
      data: { revokedAt: clock() },
      select: { connection: { select: { deploymentId: true } } },
    });
    const deploymentIds = new Set(ended.map(({ connection }) => connection.deploymentId));
    for (const deploymentId of deploymentIds) await events.publish(tx, 'access', deploymentId);
  };

  const requireAddress = (field: 'issuer' | 'jwksUri', text: string): string => {
    const message = `${field} must be an https address without a fragment.`;
    if (text.length <= ADDRESS_CHARACTERS_MAX && URL.canParse(text)) {
      const { protocol, origin, hash, username } = new URL(text);
      const isSafe = protocol === 'https:' || deps.isTrustedOrigin(origin);
      if (isSafe && hash === '' && username === '') return text;
    }
    throw invalidInput(message, [{ field, message }]);
  };

  return {
    find: (issuer) =>
      prisma.trustedIssuer.findUnique({
        where: { issuer },
        select: { issuer: true, jwksUri: true, audience: true },
      }),
    hasAny: async () => (await prisma.trustedIssuer.findFirst({ select: { issuer: true } })) !== null,

    trust: async (actor, terms) => {
      requireAdministrator(actor);
      requireSession(actor); // it lets others act as users: not for a token that may have leaked
      const issuer = requireAddress('issuer', terms.issuer.trim());
      const jwksUri = requireAddress('jwksUri', terms.jwksUri.trim());
      const audience = terms.audience?.trim() || null;
      if (audience !== null && audience.length > ADDRESS_CHARACTERS_MAX) {
        const message = 'The audience is too long.';
        throw invalidInput(message, [{ field: 'audience', message }]);
      }
      await transaction(async (tx) => {
        if ((await tx.trustedIssuer.count({ where: { issuer: { not: issuer } } })) >= ISSUERS_MAX) {
          throw new UserError('LIMIT_REACHED', `At most ${ISSUERS_MAX} issuers are trusted.`, { kind: 'limit' });
        }
        const data = { jwksUri, audience };
        await tx.trustedIssuer.upsert({ where: { issuer }, create: { issuer, ...data }, update: data });
        await writeAudit(tx, { actor, ownerId: actor.userId }, { type: 'issuer.trusted', issuer });
      });
    },

    distrust: async (actor, issuer) => {
      requireAdministrator(actor);
      await transaction(async (tx) => {
        const subjects = await tx.trustedSubject.findMany({ where: { issuer }, select: { userId: true } });
        const { count } = await tx.trustedIssuer.deleteMany({ where: { issuer } });
        if (count === 0) throw notFound('The issuer');
        await endAsserted(
          tx,
          subjects.map(({ userId }) => userId),
        );
        await writeAudit(tx, { actor, ownerId: actor.userId }, { type: 'issuer.distrusted', issuer });
      });
    },

    link: async (actor, { issuer, subject, email }) => {
      requireAdministrator(actor);
      requireSession(actor);
      const trimmed = subject.trim();
      if (trimmed === '' || trimmed.length > SUBJECT_CHARACTERS_MAX) {
        const message = `A subject has 1 to ${SUBJECT_CHARACTERS_MAX} characters.`;
        throw invalidInput(message, [{ field: 'subject', message }]);
      }
      await transaction(async (tx) => {
        if (!(await tx.trustedIssuer.findUnique({ where: { issuer } }))) throw notFound('The issuer');
        const where = { email: email.trim().toLowerCase(), deletedAt: null };
        const user = await tx.user.findFirst({ where, select: { id: true, name: true } });
        if (!user) throw notFound('The user');
        const key = { issuer, subject: trimmed };
        const { id: userId } = user;
        const before = await tx.trustedSubject.findUnique({ where: { issuer_subject: key } });
        if (before && before.userId !== userId) await endAsserted(tx, [before.userId]);
        await tx.trustedSubject.upsert({
          where: { issuer_subject: key },
          create: { ...key, userId },
          update: { userId },
        });
        const entry = { type: 'subject.linked', issuer, subject: trimmed, name: user.name } as const;
        await writeAudit(tx, { actor, ownerId: actor.userId }, entry);
      });
    },

    unlink: async (actor, { issuer, subject }) => {
      requireAdministrator(actor);
      await transaction(async (tx) => {
        const linked = await tx.trustedSubject.findUnique({ where: { issuer_subject: { issuer, subject } } });
        if (!linked) throw notFound('The subject');
        await tx.trustedSubject.deleteMany({ where: { issuer, subject } });
        await endAsserted(tx, [linked.userId]);
        await writeAudit(tx, { actor, ownerId: actor.userId }, { type: 'subject.unlinked', issuer, subject });
      });
    },
  };
}

function requireAdministrator(actor: Actor): void {
  if (actor.role !== 'ADMIN') throw new UserError('FORBIDDEN', 'Only the administrator manages trusted issuers.');
  requireWrite(actor);
}
