import type { Shell } from './shell.ts';
import { type Output, silent } from './terminal.ts';

/** The output for progress: stdout; with `--json`, stderr if it is a terminal. */
export const progressOutput = (shell: Shell): Output => {
  if (!shell.json) return shell.terminal.out;
  return shell.terminal.err.isTty ? shell.terminal.err : silent;
};
