import { gt as isAfterPep440, valid as isPep440 } from '@renovatebot/pep440';
import semver from 'semver';

/** Facts about a package index that need no request to it. */
type IndexFacts = {
  /** The name that people know it by. */
  label: string;
  /** The words of a command line that runs one of its packages; the package follows. */
  runner: readonly string[];
  /** True when the first version comes after the second one; false for versions without an order. */
  isNewer(found: string, running: string): boolean;
};

/** The indexes that publish packages by name and version. Each is a runtime of `PackageSpec`. */
export const PACKAGE_INDEXES = {
  npm: {
    label: 'npm',
    runner: ['npx', '-y'],
    isNewer: (found, running) =>
      [found, running].every((version) => semver.valid(version) !== null) && semver.gt(found, running),
  },
  pypi: {
    label: 'PyPI',
    runner: ['uvx'],
    isNewer: (found, running) =>
      [found, running].every((version) => isPep440(version) !== null) && isAfterPep440(found, running),
  },
} as const satisfies Record<string, IndexFacts>;

export type IndexName = keyof typeof PACKAGE_INDEXES;

/** All names of indexes, the keys of the table above. */
export const INDEX_NAMES = Object.keys(PACKAGE_INDEXES) as [IndexName, ...IndexName[]];

export const isIndexName = (name: string): name is IndexName => Object.hasOwn(PACKAGE_INDEXES, name);
