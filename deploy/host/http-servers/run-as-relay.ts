import { messageOf } from '../failure.ts';
import type { HttpServing } from '../package-spec.ts';
import { runRelay } from './relay.ts';

/** The exit code of a shell for a program that cannot be started. */
const NOT_STARTED_EXIT_CODE = 127;

/** Runs the relay in this process, which ends with it. */
export const runAsRelay = ([serving = '{}', command = '', ...args]: readonly string[]): void => {
  // The host wrote the JSON itself.
  runRelay(JSON.parse(serving) as HttpServing, command, args).then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(`The server could not be started: ${messageOf(error)}`);
      process.exit(NOT_STARTED_EXIT_CODE);
    },
  );
};
