import type { Readable } from 'node:stream';

/** The files that deployments keep over restarts and releases, where machines keep any. */
export type KeptFiles = {
  /** Bytes of all files of a deployment. */
  bytes(deploymentId: string): Promise<number>;
  /** Removes everything. The deployment has no machine. */
  remove(deploymentId: string): Promise<void>;
  /** Moves everything out of the way at once, and resolves to its removal. The deployment has no machine. */
  setAside(deploymentId: string): Promise<() => Promise<void>>;
  /** Copies everything, beside what another deployment keeps. Neither has a machine until that is done. */
  prepareCopy(fromId: string, toId: string): Promise<PreparedCopy | 'busy' | 'no room'>;
  /** An archive of everything (tar, gzip). The deployment has no machine until it resolves. */
  archive(deploymentId: string): Promise<Readable | 'busy' | 'no room'>;
};

export type PreparedCopy = {
  /** Puts the copy in place at once. */
  replace(): Promise<void>;
  /** Removes the copy, or what it replaced. */
  discard(): Promise<void>;
};
