import type { INSTALLATION } from '../process/installation.ts';
import type { Terminal } from './terminal.ts';

/** The environment of a command. */
export type Shell = {
  terminal: Terminal;
  env: NodeJS.ProcessEnv;
  cwd: string;
  installation: typeof INSTALLATION;
  /** Machine-readable output: JSON on stdout and nothing else there. */
  json: boolean;
  /** `--server`, when given. */
  server: string | null;
  /** Aborted by Ctrl-C, SIGTERM and SIGHUP. After the first call, the command itself must end on these signals. */
  interruption(): AbortSignal;
};

export const printJson = (shell: Shell, value: unknown): void =>
  shell.terminal.out.line(JSON.stringify(value, null, 2));
