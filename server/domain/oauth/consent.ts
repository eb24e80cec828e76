import type { PrismaClient, Transaction } from '#prisma/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import { invalidInput, notFound } from '#server/domain/errors.ts';
import { requireSession } from '#server/domain/identity/sessions.ts';
import { hashSecret } from '../secret-hash.ts';
import { type AuthorizationRequest, readAuthorizationRequest, toAnswer } from './authorization-request.ts';
import { hostOf } from './client.ts';
import type { FindClient } from './clients.ts';
import type { OAuthKeys } from './keys.ts';
import { type FindProtected, mayConnect } from './protected-deployment.ts';
import { describeRedirect } from './redirect-uri.ts';

/** OAuth 2.1, section 4.1.2, allows ten minutes; clients redeem within seconds. */
const CODE_LIFETIME_MS = 2 * 60_000;

/** The details that a person sees before they decide. */
export type ConsentRequest = {
  deploymentId: string;
  deploymentName: string;
  /** The view that the client asks for; null for the whole server. */
  viewName: string | null;
  clientName: string;
  /** The host that the client is known by; null when it names none. */
  clientHost: string | null;
  /** The host vouches for the client: its document lies there. Otherwise it says of itself whatever it likes. */
  isVouchedFor: boolean;
  /** The destination of the answer: a host, or words for an app on this computer. */
  redirectTarget: string;
};

/** The query of the authorization endpoint, as it came. */
export type ConsentInput = {
  deploymentId: string;
  /** The name of the view whose authorization endpoint was asked; absent or null: that of the deployment. */
  view?: string | null;
  query: string;
};

export interface ConsentService {
  /** Finds the request; null when it is not for this actor to decide, or no longer. */
  find(actor: Actor, input: ConsentInput): Promise<ConsentRequest | null>;
  /** Lets the client in. Deciding twice, as browsers and clients do, gives the same answer twice. */
  allow(actor: Actor, input: ConsentInput): Promise<{ redirectTo: string }>;
  deny(actor: Actor, input: ConsentInput): Promise<{ redirectTo: string }>;
}

export type ConsentDeps = {
  prisma: PrismaClient;
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  publicUrl: string;
  keys: OAuthKeys;
  findClient: FindClient;
  findProtected: FindProtected;
  clock: () => Date;
};

/**
 * The decision of a person who may use the deployment. Nothing is kept between the page and the decision: the request comes back with
 * it and is checked again. So there is nothing for strangers to fill, and nothing that expires while the owner reads.
 */
export function createConsentService(deps: ConsentDeps): ConsentService {
  const { publicUrl, keys, clock } = deps;

  const getRequest = async (
    actor: Actor,
    { deploymentId, view, query }: ConsentInput,
  ): Promise<AuthorizationRequest> => {
    const deployment = await deps.findProtected(deploymentId, view);
    if (deployment === null || !(await mayConnect(deps.prisma, deploymentId, actor.userId)))
      throw notFound('The deployment');
    requireSession(actor);
    const read = await readAuthorizationRequest(deps, deployment, new URLSearchParams(query));
    if (read.kind === 'ready') return read.request;
    const why = read.kind === 'refused' ? read.error.message : 'The request cannot be answered.';
    throw invalidInput(why, [], 'Connect again from the client.');
  };

  /** The same request of the same client, state and challenge included. A client makes up a new challenge each time. */
  const hashRequest = (
    userId: string,
    { deployment, client, redirectUri, state, codeChallenge }: AuthorizationRequest,
  ) => {
    const view = deployment.view === null ? [] : [deployment.view.id];
    return hashSecret(JSON.stringify([deployment.id, userId, client.id, redirectUri, state, codeChallenge, ...view]));
  };

  /**
   * Only this server can derive the code; it keeps the hash alone, and derives the code again for a repeated decision.
   */
  const deriveCode = (requestHash: Uint8Array, createdAt: Date): string =>
    keys.derive('code', `${Buffer.from(requestHash).toString('hex')} ${createdAt.getTime()}`);

  const makeCode = (actor: Actor, request: AuthorizationRequest) =>
    deps.transaction(async (tx) => {
      const { deployment, client, redirectUri, codeChallenge } = request;
      const requestHash = hashRequest(actor.userId, request);
      const createdAt = clock();
      await tx.oAuthCode.deleteMany({ where: { requestHash, expiresAt: { lte: createdAt } } });
      const code = deriveCode(requestHash, createdAt);
      const { count } = await tx.oAuthCode.createMany({
        data: {
          hash: hashSecret(code),
          requestHash,
          clientId: client.id,
          deploymentId: deployment.id,
          viewId: deployment.view?.id ?? null,
          userId: actor.userId,
          redirectUri,
          codeChallenge,
          createdAt,
          expiresAt: new Date(createdAt.getTime() + CODE_LIFETIME_MS),
        },
        skipDuplicates: true, // of two concurrent decisions one is first, and both receive its code
      });
      if (count === 0) {
        const first = await tx.oAuthCode.findUniqueOrThrow({ where: { requestHash }, select: { createdAt: true } });
        return deriveCode(requestHash, first.createdAt);
      }
      const entry = {
        type: 'client.allowed',
        clientId: client.id,
        name: client.name,
        redirect: describeRedirect(redirectUri),
      } as const;
      await writeAudit(tx, { actor, ownerId: actor.userId }, entry, deployment.id);
      return code;
    });

  return {
    find: async (actor, input) => {
      const deployment = await deps.findProtected(input.deploymentId, input.view);
      if (deployment === null || !(await mayConnect(deps.prisma, deployment.id, actor.userId))) return null;
      const read = await readAuthorizationRequest(deps, deployment, new URLSearchParams(input.query));
      if (read.kind !== 'ready') return null;
      const { client, redirectUri } = read.request;
      return {
        deploymentId: deployment.id,
        deploymentName: deployment.name,
        viewName: deployment.view?.name ?? null,
        clientName: client.name,
        clientHost: hostOf(client),
        isVouchedFor: client.source === 'DOCUMENT',
        redirectTarget: describeRedirect(redirectUri),
      };
    },
    allow: async (actor, input) => {
      const request = await getRequest(actor, input);
      return { redirectTo: toAnswer(publicUrl, request, { code: await makeCode(actor, request) }) };
    },
    deny: async (actor, input) => {
      const request = await getRequest(actor, input);
      const { client, deployment } = request;
      const entry = { type: 'client.denied', clientId: client.id, name: client.name } as const;
      await deps.transaction((tx) => writeAudit(tx, { actor, ownerId: actor.userId }, entry, deployment.id));
      const why = 'The person said no.';
      return { redirectTo: toAnswer(publicUrl, request, { error: 'access_denied', error_description: why }) };
    },
  };
}
