import type { InstalledPackage } from '../contract.ts';
import type { StartedImage } from '../images/image-command.ts';
import type { Inventory } from './inventory.ts';

/** How a program is started in one of its folders. */
export type Launch = {
  command: string;
  args: string[];
  /** Come first on the child's PATH. */
  commandFolders: string[];
  /** Folders outside the copy that the program needs, such as its Python's. */
  needs: string[];
};

/** A package that can be run. */
export type Program = {
  name: string;
  version: string | null;
  bin: string;
  cached: boolean;
  packages: number;
  /** All packages of the installation; absent where its lock file names none, as for a command or an image. */
  dependencies?: InstalledPackage[];
  bytes: number;
  engineWarning: string | null;
  /** The files that the installation consists of, below the folder of the package; none for a command. */
  inventory: Inventory;
  /** False for a command, which is run where it is. */
  hasCopies: boolean;
  /** Makes a copy for one machine or caller, in a folder that does not exist yet. */
  copyInto: (folder: string) => Promise<void>;
  /** Makes a copy in the background for the next child that needs one. */
  prepareCopy: () => Promise<void>;
  /**
   * Packs the installation as a layer below this folder of the root; null where it came as one. Absent where there is
   * nothing to pack.
   */
  packLayer?: (root: string) => AsyncIterable<Buffer> | null;
  /** How it is started in one of its copies. */
  launchIn: (folder: string) => Launch;
  /** Completes an argument or a variable that names the folder of the package. */
  expand?: (text: string, folder: string) => string;
  /** Instead of `launchIn`: a container image, which is started with its own files as the root. */
  image?: StartedImage;
};
