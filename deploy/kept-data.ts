import type { Readable } from 'node:stream';

/** The files that deployments keep over restarts and releases, where machines keep any. None of the calls follows links. */
export type KeptData = {
  /** Bytes of all its files. */
  bytes(deploymentId: string): Promise<number>;
  /** Removes everything, with what an interrupted copy left. */
  remove(deploymentId: string): Promise<void>;
  /** Moves everything out of the way, which takes a moment, and resolves to its removal, which may take long. */
  setAside(deploymentId: string): Promise<() => Promise<void>>;
  /** Copies what a deployment keeps, beside what another one keeps. Neither has a machine as long as it lasts. */
  prepareCopy(fromId: string, toId: string): Promise<PreparedCopy | 'busy' | 'no room'>;
  /**
   * Takes a copy of what a deployment keeps, which has no machine as long as that lasts, and resolves to the archive of
   * it (tar, gzip). The copy is removed with the end of the stream. `busy` while another one is being read.
   */
  archive(deploymentId: string): Promise<Readable | 'busy' | 'no room'>;
};

/** A finished copy, in a place of its own. */
export type PreparedCopy = {
  /** Puts it in place of what the deployment keeps, in a moment. */
  replace(): Promise<void>;
  /** Removes what is not needed: the copy, or what it replaced. */
  discard(): Promise<void>;
};
