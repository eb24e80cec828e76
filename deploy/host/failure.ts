import type { HostFailure, HostFailureCode } from './contract.ts';

/** A failure that the host reports as it is: in `/status`, and in the `data` of an error on `/mcp`. */
export class HostFailureError extends Error {
  readonly failure: HostFailure;

  constructor(failure: HostFailure, cause?: unknown) {
    super(failure.message, cause === undefined ? undefined : { cause });
    this.name = 'HostFailureError';
    this.failure = failure;
  }
}

export type FailureDetails = Partial<Omit<HostFailure, 'code' | 'message' | 'at'>>;

export const hostFailure = (code: HostFailureCode, message: string, details: FailureDetails = {}): HostFailure => ({
  retryable: false,
  stderrTail: [],
  ...details,
  code,
  message,
  at: new Date().toISOString(),
});

export const failWith = (code: HostFailureCode, message: string, details: FailureDetails = {}): never => {
  throw new HostFailureError(hostFailure(code, message, details));
};

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Returns the failure that an error carries, or one of the given code around its message. */
export const failureOf = (error: unknown, fallback: HostFailureCode): HostFailure =>
  error instanceof HostFailureError ? error.failure : hostFailure(fallback, messageOf(error), { retryable: true });

export const redactFailure = (failure: HostFailure, redact: (text: string) => string): HostFailure => ({
  ...failure,
  message: redact(failure.message),
  ...(failure.hint === undefined ? {} : { hint: redact(failure.hint) }),
  stderrTail: failure.stderrTail.map(redact),
});
