import type { PackageSpec } from '#deploy/host/package-spec.ts';

/** The version that people read; null for a package without one of its own. */
export const versionOf = (spec: PackageSpec): string | null =>
  'version' in spec
    ? spec.version
    : 'commit' in spec
      ? spec.commit.slice(0, 12)
      : spec.runtime === 'remote' || spec.runtime === 'bundle'
        ? spec.runtime
        : null;

export const integrityOf = (spec: PackageSpec): string | null =>
  'integrity' in spec ? (spec.integrity ?? null) : null;
