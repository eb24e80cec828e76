import type { Actor } from '#server/domain/actor.ts';

/**
 * The API token that a token of an endpoint is made with, and until when it may then work: a leaked API token must leave
 * nothing behind that works after its end. For other callers the end stays as asked.
 */
export function originOf<End extends Date | null>(
  actor: Pick<Actor, 'via' | 'credentialId' | 'credentialExpiresAt'>,
  asked: End,
): { apiTokenId: string | null; expiresAt: End | Date } {
  if (actor.via !== 'api-token') return { apiTokenId: null, expiresAt: asked };
  const limit = actor.credentialExpiresAt ?? null;
  const expiresAt = limit !== null && (asked === null || limit < asked) ? limit : asked;
  return { apiTokenId: actor.credentialId ?? null, expiresAt };
}
