import type { ChildCommand } from '../child/child-process.ts';

/** The command with a caller's variables. They stay in the environment, where no other user of the computer reads them. */
export const withVariables = (command: ChildCommand, variables: Record<string, string>): ChildCommand => ({
  ...command,
  env: { ...command.env, ...variables },
});
