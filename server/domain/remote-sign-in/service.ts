import type { Actor } from '../actor.ts';
import { createBegin } from './begin.ts';
import type { EnteredClient } from './client.ts';
import { type Answer, createComplete } from './complete.ts';
import { createDisconnect } from './disconnect.ts';
import type { SignInDeps } from './sign-in-deps.ts';

/** Signing in at the authorization servers of remote servers, with Catwalk as their client. Errors are UserErrors. */
export interface RemoteSignInService {
  /** Returns the address at which the owner signs in; it works for ten minutes. */
  begin(
    actor: Actor,
    deploymentId: string,
    client: EnteredClient | null,
  ): Promise<{ authorizationUrl: string; expiresAt: Date }>;
  /** Takes the answer that the browser comes back with. */
  complete(actor: Actor, answer: Answer): Promise<{ deploymentId: string }>;
  disconnect(actor: Actor, deploymentId: string): Promise<void>;
}

export const createRemoteSignIn = (deps: SignInDeps): RemoteSignInService => ({
  begin: createBegin(deps),
  complete: createComplete(deps),
  disconnect: createDisconnect(deps),
});
