import type { IndexName } from '../source/package-indexes.ts';
import type { NpmPackage } from './npm.ts';
import type { PackageIndex } from './package-index.ts';
import type { PypiPackage } from './pypi.ts';

/** One version of a package, as its index describes it. */
export type PublishedPackage = NpmPackage | PypiPackage;

/** The indexes by their names. A package is read from the index of its own `runtime`. */
export type PackageIndexes = Record<IndexName, PackageIndex<PublishedPackage>>;
