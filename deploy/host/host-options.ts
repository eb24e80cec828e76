import type { MissingBox } from './box/machine-box.ts';
import type { BridgeDeps } from './bridge/bridge.ts';
import type { memoryByGroup } from './bridge/child-room.ts';
import type { ChildUser } from './child/environment.ts';
import type { HostConfig, HostStatus } from './contract.ts';
import type { BoxSettings } from './wall-contract.ts';

export type HostOptions = {
  config: HostConfig;
  /** The machine's own folder: the copies of the package that its children run from, their HOME and TMPDIR. */
  dataDir: string;
  /** Finished installations, which are only copied from; may be shared by hosts. */
  cacheDir: string;
  /** Installations that came with the machine's image, as layers of their own; absent: there are none. */
  installedDir?: string;
  /** Installations and images in it together; absent: not limited. Those in use stay in any case. */
  cacheBytesMax?: number;
  listen: { host: string; port: number };
  /** First part of session ids. */
  machineId?: string;
  /** The user of children and install scripts; null for the user of the host. */
  childUser?: ChildUser | null;
  /** Files that outlive the machine; absent: it keeps none. */
  keptDir?: string;
  /** Walls around the installation and the server; absent: they run as processes of `childUser`. */
  box?: BoxSettings;
  /** Why there is none, where a box was tried. */
  missingBox?: MissingBox;
  /** HOME of installers, for their own configuration; when absent, a HOME that becomes a part of the installation. */
  installHome?: string;
  /** Keeps a copy of the package ready in the cache for the next host that needs one. */
  preparesCopies?: boolean;
  /** Arguments of Node that run the relay in front of a server that serves HTTP (http-servers/). */
  relay?: readonly string[];
  handshakeTimeoutMs?: number;
  limits?: NonNullable<BridgeDeps['limits']> & {
    /** The longest line that a child may print. */
    childLineBytesMax?: number;
    /** The bytes that a child may leave unread before calls to it are refused. */
    childUnreadBytesMax?: number;
    /** The bytes that all clients together may leave unread. */
    clientUnreadBytesMax?: number;
  };
  childrenMax?: number;
  /** Resident bytes of each process group; reads /proc when absent. */
  measureMemory?: typeof memoryByGroup;
  onLog?: (stream: string, text: string) => void;
};

export type RunningHost = {
  readonly port: number;
  status(): HostStatus;
  /** Refuses new calls, lets those under way finish for a moment, then ends every child and the listener. */
  close(options?: { drainMs?: number }): Promise<void>;
};
