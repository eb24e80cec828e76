/** 0 done, 1 failed, 2 wrong usage; 130 after Ctrl-C, as shells expect. */
export type ExitCode = 0 | 1 | 2 | 130;

export type FailureOptions = {
  hint?: string | null;
  retryable?: boolean;
  exitCode?: ExitCode;
  fields?: { field: string; message: string }[] | undefined;
  stderrTail?: string[];
  /** Printed by `--json` beside `error`: the data that is known in spite of the failure. */
  json?: object;
  cause?: unknown;
};

/**
 * An expected end other than success: a sentence, a hint and an exit code, never a stack. `code` is a code
 * of the server, or one of this program: USAGE, SERVER_NOT_FOUND, SERVER_UNREACHABLE, CONNECTION_FAILED,
 * CALL_FAILED, TOOL_FAILED, DETACHED, DOWNLOAD_FAILED.
 */
export class CliFailure extends Error {
  readonly code: string;
  readonly hint: string | null;
  readonly retryable: boolean;
  readonly exitCode: ExitCode;
  readonly fields: { field: string; message: string }[];
  readonly stderrTail: string[];
  readonly json: object;

  constructor(code: string, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CliFailure';
    this.code = code;
    this.hint = options.hint ?? null;
    this.retryable = options.retryable ?? false;
    this.exitCode = options.exitCode ?? 1;
    this.fields = options.fields ?? [];
    this.stderrTail = options.stderrTail ?? [];
    this.json = options.json ?? {};
  }
}

/** Wrong usage: exit code 2. */
export const usage = (message: string, hint?: string, json?: object): CliFailure =>
  new CliFailure('USAGE', message, { exitCode: 2, ...(hint ? { hint } : {}), ...(json ? { json } : {}) });

/** The same failure with more details. */
export const enrich = (failure: CliFailure, more: FailureOptions): CliFailure =>
  new CliFailure(failure.code, failure.message, { ...failure, cause: failure.cause, ...more });
