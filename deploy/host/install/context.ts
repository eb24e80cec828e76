import type { Box } from '../box/box.ts';
import type { MissingBox } from '../box/machine-box.ts';
import type { OomCounter } from '../box/oom-counter.ts';
import type { ChildUser } from '../child/environment.ts';
import type { RegistrySettings } from '../contract.ts';
import type { Confine } from './run-tool.ts';

export type InstallProgress = { packages?: number; bytes?: number };

/** Everything that every installer works with. */
export type InstallContext = {
  cacheDir: string;
  /** Installations that came with the machine's image; absent: there are none. */
  installedDir?: string;
  /** The size of the cache; absent: it is not limited. What is in use stays in any case. */
  cacheBytesMax?: number;
  /** For npm, pip and git: the computer's own configuration, none of the user's variables. */
  env: Record<string, string>;
  user: ChildUser | null;
  box: Box | null;
  /** In which compilers build, where their limits are others; null: in the box above. */
  builder?: { box: Box; oomKills: OomCounter } | null;
  /** Why there is none, where that is known. */
  missingBox?: MissingBox;
  /** Puts a tool into the box, where it writes into the folder of the installation alone. */
  confine?: Confine;
  /** Flags for Node where it runs npm: small machines spare memory, at the cost of time. */
  nodeFlags: string[];
  /** How many times longer than usual a tool may take, 1 or more. */
  timeFactor: number;
  /** How registries of images are reached. */
  registries: Required<RegistrySettings>;
  /** The arguments of the server, of which the program of an image may be one. */
  args: readonly string[];
  signal: AbortSignal;
  log: (line: string) => void;
  onProgress: (progress: InstallProgress) => void;
};
