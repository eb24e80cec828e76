import type { Command } from 'commander';
import type { Shell } from './shell.ts';

/** Runs a command with its shell, then its arguments and options as commander passes them. */
export type Action<Words extends unknown[]> = (shell: Shell, ...words: Words) => Promise<void>;

/** The command line as a group of commands sees it. */
export type CommandLine = {
  /** Adds a command with the options that every command has. */
  command(signature: string, description: string): Command;
  /** The words after `--`, for a command that takes them. */
  rest: readonly string[];
  run<Words extends unknown[]>(
    action: Action<Words>,
    options?: { takesRest: boolean },
  ): (...called: unknown[]) => Promise<void>;
};
