/** An expected error as every mutation's result union carries it. */
export type UserProblem = { code: string; message: string; hint?: string | null | undefined; retryable?: boolean };

/** A request that failed as a whole, in the same words and shape as an expected error. */
export function requestProblem(error: unknown): UserProblem {
  const message = error instanceof Error ? error.message : '';
  if (error instanceof TypeError || /failed to fetch|networkerror|load failed/i.test(message)) {
    return {
      code: 'UNREACHABLE',
      message: 'The server does not answer.',
      hint: 'Check that it runs, then try again. Nothing you typed is lost.',
      retryable: true,
    };
  }
  return {
    code: 'REQUEST_FAILED',
    message: message || 'The server could not do this.',
    hint: 'Try again. If it stays, the server’s log says more.',
    retryable: true,
  };
}
