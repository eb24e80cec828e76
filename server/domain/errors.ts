import type { HostFailureCode } from '#deploy/host/contract.ts';

/** Codes that the host reports; the compiler holds this list equal to the host's own. */
const HOST_CODES = {
  PACKAGE_NOT_FOUND: true,
  VERSION_NOT_FOUND: true,
  INTEGRITY_MISMATCH: true,
  INSTALL_FAILED: true,
  ENGINE_MISMATCH: true,
  NATIVE_BUILD_FAILED: true,
  NO_BIN: true,
  MISSING_CREDENTIAL: true,
  SIGN_IN_REQUIRED: true,
  MISSING_ARGUMENT: true,
  EXITED_AT_START: true,
  NO_HANDSHAKE: true,
  SERVER_ERROR: true,
  HANDSHAKE_TIMEOUT: true,
  CRASHED: true,
  CRASH_LOOP: true,
  OUT_OF_MEMORY: true,
  DISK_FULL: true,
} satisfies Record<HostFailureCode, true>;

/** The one closed list of codes that a user can meet; `docs/errors.md` explains each. */
export const ERROR_CODES = [
  // what the caller sent
  'INVALID_INPUT',
  'INVALID_SOURCE',
  'NOT_FOUND',
  'CONFLICT',
  'CONFIRMATION_REQUIRED',
  'LIMIT_REACHED',
  'UNVERIFIED_PACKAGE',
  'NOT_DEPLOYABLE',
  'FORBIDDEN_VARIABLE',
  // keys of users
  'SERVICE_UNREACHABLE',
  // signing in at a remote server
  'SIGN_IN_FAILED',
  // analysis
  'REPOSITORY_NOT_FOUND',
  'NOT_AN_MCP_SERVER',
  'REGISTRY_UNREACHABLE',
  'GITHUB_UNREACHABLE',
  'GITHUB_RATE_LIMITED',
  'ANALYSIS_FAILED',
  // the host
  ...(Object.keys(HOST_CODES) as HostFailureCode[]), // Object.keys widens to string
  // machines
  'MACHINE_UNREACHABLE',
  'MACHINE_LOST',
  'MACHINE_START_TIMEOUT',
  'FLY_UNAUTHORIZED',
  'FLY_CAPACITY',
  'FLY_RATE_LIMITED',
  'FLY_UNAVAILABLE',
  'FLY_REJECTED',
  'IMAGE_NOT_FOUND',
  // the rest
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'STORAGE_FULL',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** The kinds of expected error: each is one member of a mutation's result union. */
export type UserErrorKind = 'invalid-input' | 'not-found' | 'conflict' | 'limit' | 'upstream' | 'generic';

export type FieldProblem = { field: string; message: string };

export type UserErrorOptions = {
  kind?: UserErrorKind;
  hint?: string;
  retryable?: boolean;
  fields?: FieldProblem[];
  cause?: unknown;
};

/**
 * An expected error, safe to show: `message` says what happened in one sentence, `hint` what to do about it.
 * Everything that is not a UserError is masked before it reaches a user.
 */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly kind: UserErrorKind;
  readonly hint: string | null;
  readonly retryable: boolean;
  readonly fields: FieldProblem[];

  constructor(code: ErrorCode, message: string, options: UserErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UserError';
    this.code = code;
    this.kind = options.kind ?? 'generic';
    this.hint = options.hint ?? null;
    this.retryable = options.retryable ?? false;
    this.fields = options.fields ?? [];
  }
}

export const notFound = (what: string): UserError =>
  new UserError('NOT_FOUND', `${what} was not found.`, {
    kind: 'not-found',
    hint: 'It may have been deleted, or it belongs to another user.',
  });

export const invalidInput = (message: string, fields: FieldProblem[] = [], hint?: string): UserError =>
  new UserError('INVALID_INPUT', message, { kind: 'invalid-input', fields, ...(hint === undefined ? {} : { hint }) });
