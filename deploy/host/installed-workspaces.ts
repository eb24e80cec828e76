import { failWith } from './failure.ts';
import type { Installation } from './installation.ts';
import type { Workspaces } from './workspaces/workspaces.ts';

/** The workspaces of an installation that may not be complete yet; `ownerOf` names the owner of files of no caller. */
export const installedWorkspaces = (
  installation: Pick<Installation, 'workspaces'>,
  ownerOf: (owner: string | null) => string | null,
): Omit<Workspaces, 'close'> => {
  const installed = (): Workspaces =>
    installation.workspaces ?? failWith('INSTALL_FAILED', 'The package is not installed.', { retryable: true });
  return {
    acquire: (owner) => installed().acquire(ownerOf(owner)),
    find: (owner) => installation.workspaces?.find(ownerOf(owner)) ?? null,
    mayServe: (workspace, owner) => installed().mayServe(workspace, ownerOf(owner)),
    remove: async (workspace) => installation.workspaces?.remove(workspace),
  };
};
