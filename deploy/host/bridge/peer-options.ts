import type { Workspace } from '../workspaces/workspaces.ts';
import type { ClientGuard } from './client-guard.ts';

/** What a child is started with, besides those who listen to it. */
export type PeerOptions = {
  era: 'legacy' | 'modern';
  workspace: Workspace;
  shareKey: string | null;
  principal: string;
  /** Milliseconds. */
  clock: () => number;
  /** How much may wait for a child that does not read. */
  unreadBytesMax?: number;
  guard?: ClientGuard | null;
};
