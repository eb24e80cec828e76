import { UserError } from '#server/domain/errors.ts';
import { type RemoteAccessTokens, SignInEndedError } from '#server/domain/remote-sign-in/access-tokens.ts';
import type { Described } from '#server/domain/remote-sign-in/describe.ts';
import { readChallenge } from '#server/domain/remote-sign-in/discover.ts';
import { type Refusal, RefusedError, type RemoteFailure, type RemoteServer } from './remote-server.ts';

export type CredentialsDeps = {
  deploymentId: string;
  url: string;
  /** The headers of the form, with their values. */
  entered: Readonly<Record<string, string>>;
  /** The variables behind them. */
  variables: string[];
  accessTokens: Pick<RemoteAccessTokens, 'find' | 'replace' | 'want' | 'findProblem'>;
  /** Looks up where a server wants its users to sign in. */
  describe: (url: string, wwwAuthenticate: string | string[] | undefined) => Promise<Described>;
};

const CONNECT = 'Choose Connect on the page of the deployment, or run catwalk authorize.';

const signInRequired = (message: string): RemoteFailure => ({
  code: 'SIGN_IN_REQUIRED',
  message,
  hint: CONNECT,
  retryable: false,
});

const bearer = (token: string): string => `Bearer ${token}`;

/** What is known after a sign-in failed to give a token. */
const failureOf = (error: unknown): RemoteFailure | null => {
  if (error instanceof SignInEndedError) return signInRequired(error.message);
  if (!(error instanceof UserError)) return null;
  const { message, hint } = error;
  return { code: 'NO_HANDSHAKE', message, ...(hint === null ? {} : { hint }), retryable: true };
};

/** @throws RefusedError in place of the errors that can be told to callers */
async function told<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    const failure = failureOf(error);
    throw failure === null ? error : new RefusedError(failure);
  }
}

/** The credentials of one remote server: tokens where its owner signed in, else the values of the form. */
export function createRemoteCredentials(
  deps: CredentialsDeps,
): Pick<RemoteServer, 'headers' | 'refused' | 'findProblem'> {
  const { deploymentId, url, entered, variables, accessTokens } = deps;
  const headersWith = (token: string) => ({ ...entered, authorization: bearer(token) });

  /** Nobody signed in, or the server wants something else. */
  const explainEntered = async ({ status, wwwAuthenticate }: Refusal): Promise<RemoteFailure> => {
    const failure: RemoteFailure = {
      code: 'MISSING_CREDENTIAL',
      message: `The remote server refused the credentials (HTTP ${status}).`,
      hint: 'Enter a valid token or key in the settings of the deployment.',
      retryable: false,
      variables,
    };
    if (status !== 401) return failure;
    const place = await deps.describe(url, wwwAuthenticate);
    if (place.kind === 'none') return failure;
    if (place.kind === 'broken') return { ...failure, hint: `${place.message} ${failure.hint}` };
    return entered['authorization'] === undefined
      ? signInRequired(`This server needs you to sign in at ${place.host}.`)
      : { ...failure, hint: `Enter a valid token, or sign in at ${place.host}: ${CONNECT}` };
  };

  const explainToken = async ({ status, wwwAuthenticate }: Refusal): Promise<RemoteFailure> => {
    if (status === 401) return signInRequired('The remote server no longer accepts the sign-in.');
    const { error, scope } = readChallenge(wwwAuthenticate);
    if (error !== 'insufficient_scope' || scope === null)
      return signInRequired('The account that was signed in may not do this (HTTP 403).');
    await accessTokens.want(deploymentId, scope);
    return signInRequired(`The remote server asks for more permissions for this call: ${scope}.`);
  };

  return {
    headers: () =>
      told(async () => {
        const token = await accessTokens.find(deploymentId, url);
        return token === null ? { ...entered } : headersWith(token);
      }),
    refused: (refusal) =>
      told(async () => {
        const authorization = refusal.sent['authorization'];
        const token = await accessTokens.find(deploymentId, url);
        // The owner signed in, or disconnected, while the call was under way.
        if (token === null) return { failure: await explainEntered(refusal) };
        if (authorization !== bearer(token)) return { headers: headersWith(token) };
        if (refusal.status !== 401) return { failure: await explainToken(refusal) };
        const next = await accessTokens.replace(deploymentId, url, token);
        return next === null ? { failure: await explainToken(refusal) } : { headers: headersWith(next) };
      }),
    findProblem: async () => {
      const problem = await accessTokens.findProblem(deploymentId);
      return problem === null ? null : signInRequired(problem);
    },
  };
}
