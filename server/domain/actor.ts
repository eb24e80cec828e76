import { UserError } from './errors.ts';

/**
 * The authenticated caller and its address: every service call carries one. Everything a user owns is filtered by
 * `userId`.
 */
export type Actor = {
  userId: string;
  role: 'ADMIN' | 'MEMBER';
  /** The permission of an API token; sessions may write. */
  scope: 'READ' | 'WRITE';
  via: 'session' | 'api-token' | 'system';
  ip: string | null;
  /** The session it came with, or the API token. */
  credentialId?: string;
  /** When that ends by itself; null: never. */
  credentialExpiresAt?: Date | null;
};

/** Throws FORBIDDEN for an API token that may only read. */
export function requireWrite({ scope }: Pick<Actor, 'scope'>): void {
  if (scope === 'WRITE') return;
  throw new UserError('FORBIDDEN', 'This API token may only read.', {
    hint: 'Use a token that may write, or sign in.',
  });
}
