import type { Terminal } from './terminal.ts';

/** What a command sees of the world around it. */
export type Shell = {
  terminal: Terminal;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Folder of the checkout that this program belongs to. */
  root: string;
  /** Machine-readable output: JSON on stdout and nothing else there. */
  json: boolean;
  /** `--server`, when given. */
  server: string | null;
  /** Aborted by Ctrl-C, SIGTERM and SIGHUP. From the first call on, the command itself must end on them. */
  interruption(): AbortSignal;
};

export const printJson = (shell: Shell, value: unknown): void =>
  shell.terminal.out.line(JSON.stringify(value, null, 2));
