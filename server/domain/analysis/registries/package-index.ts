import type { FileSet } from '../files/file-set.ts';

/** An index of published packages, such as npm or PyPI. Catwalk reaches every index through this interface. */
export interface PackageIndex<Found> {
  /**
   * Finds the newest version (`version` null), or the version that a number, a range or a tag names.
   * @throws UserError PACKAGE_NOT_FOUND, VERSION_NOT_FOUND, REGISTRY_UNREACHABLE.
   */
  getPackage(name: string, version: string | null, signal: AbortSignal): Promise<Found>;
  /** Reads the text files of the package in memory. @throws UserError as above; TarballError. */
  readPackage(found: Found, signal: AbortSignal): Promise<FileSet>;
}
