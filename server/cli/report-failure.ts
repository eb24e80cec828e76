import { CliFailure } from './failure.ts';
import { oneLine, printable } from './printable.ts';
import type { Shell } from './shell.ts';

const STDERR_LINES_MAX = 12;

/** Prints a failure: on stderr for people, with `--json` also on stdout for programs. Returns the exit code. */
export function reportFailure(shell: Pick<Shell, 'terminal' | 'json'>, error: unknown): number {
  const failure = error instanceof CliFailure ? error : unexpected(error);
  const { out, err } = shell.terminal;
  if (shell.json) {
    const { code, message, hint, retryable, fields, stderrTail } = failure;
    const more = { ...(fields.length ? { fields } : {}), ...(stderrTail.length ? { stderrTail } : {}) };
    out.line(JSON.stringify({ ...failure.json, error: { code, message, hint, retryable, ...more } }, null, 2));
  }
  err.line(`${err.paint('red', oneLine(failure.message))}${codeOf(failure)}`);
  for (const { field, message } of failure.fields) {
    if (message !== failure.message) err.line(`  ${field}: ${oneLine(message)}`);
  }
  for (const line of failure.stderrTail.slice(-STDERR_LINES_MAX)) err.line(err.paint('dim', `  │ ${printable(line)}`));
  if (failure.hint) err.line(printable(failure.hint));
  return failure.exitCode;
}

const codeOf = ({ code }: CliFailure): string => (code === 'USAGE' || code === 'DETACHED' ? '' : ` (${code})`);

/** A defect of Catwalk: the message helps; the stack is printed on request only. */
function unexpected(error: unknown): CliFailure {
  const message = error instanceof Error ? error.message : String(error);
  return new CliFailure('INTERNAL', `Catwalk's command failed unexpectedly: ${message}`, {
    hint: 'Please report it. CATWALK_DEBUG=1 prints where it happened.',
    cause: error,
  });
}
