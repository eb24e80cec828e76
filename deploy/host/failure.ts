import type { HostFailure, HostFailureCode, Missing } from './contract.ts';

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

/** The kernel ended a part of the installation. */
export const outOfMemoryWhileInstalling = ({ stderrTail }: HostFailure): HostFailure =>
  hostFailure('OUT_OF_MEMORY', 'The installation needed more memory than the machine has.', {
    hint: 'Choose more memory for it.',
    stderrTail,
  });

export const failWith = (code: HostFailureCode, message: string, details: FailureDetails = {}): never => {
  throw new HostFailureError(hostFailure(code, message, details));
};

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Returns the failure that an error carries, or one of the given code around its message. */
export const failureOf = (error: unknown, fallback: HostFailureCode): HostFailure =>
  error instanceof HostFailureError ? error.failure : hostFailure(fallback, messageOf(error), { retryable: true });

/** A name that holds a secret is a value that looks like a name: it is left out. */
const withoutSecrets = (
  { needs, modes, variables }: Pick<HostFailure, 'needs' | 'modes' | 'variables'>,
  redact: (text: string) => string,
): Pick<HostFailure, 'needs' | 'modes' | 'variables'> => {
  const isPlain = (text: string) => redact(text) === text;
  const isPlainNeed = (need: Missing[]) => need.every(({ name }) => isPlain(name));
  return {
    ...(needs === undefined ? {} : { needs: needs.filter(isPlainNeed) }),
    ...(modes === undefined ? {} : { modes: modes.filter((words) => words.every(isPlain)) }),
    ...(variables === undefined ? {} : { variables: variables.filter(isPlain) }),
  };
};

export const redactFailure = (failure: HostFailure, redact: (text: string) => string): HostFailure => ({
  ...failure,
  ...withoutSecrets(failure, redact),
  message: redact(failure.message),
  ...(failure.hint === undefined ? {} : { hint: redact(failure.hint) }),
  stderrTail: failure.stderrTail.map(redact),
});
