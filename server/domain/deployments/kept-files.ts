import type { Readable } from 'node:stream';

/** The files that deployments keep over restarts and releases, where machines keep any. */
export type KeptFiles = {
  /** Bytes of all files of a deployment. */
  bytes(deploymentId: string): Promise<number>;
  /** Removes everything. The deployment has no machine. */
  remove(deploymentId: string): Promise<void>;
  /** Replaces what a deployment keeps by a copy of another's. The deployment has no machine. */
  copy(fromId: string, toId: string): Promise<void>;
  /** An archive of everything (tar, gzip). The deployment has no machine. Null while another one is being read. */
  archive(deploymentId: string): Promise<Readable | null>;
};
