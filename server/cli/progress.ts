import type { Shell } from './shell.ts';
import { type Output, silent } from './terminal.ts';

/** Where progress goes: to the reader; with `--json` to a terminal behind stderr, if somebody watches there. */
export const progressOutput = (shell: Shell): Output => {
  if (!shell.json) return shell.terminal.out;
  return shell.terminal.err.isTty ? shell.terminal.err : silent;
};
