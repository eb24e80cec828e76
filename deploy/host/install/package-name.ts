import type { HostStatus } from '../contract.ts';
import type { PackageSpec } from '../package-spec.ts';

/** Names a package for people, before it is installed. */
export const nameOf = (spec: PackageSpec): HostStatus['package'] => {
  switch (spec.runtime) {
    case 'git':
      return { runtime: spec.runtime, name: spec.url, version: spec.commit };
    case 'archive':
      return { runtime: spec.runtime, name: spec.path };
    case 'remote':
      return { runtime: spec.runtime, name: spec.url };
    case 'bundle':
      return { runtime: spec.runtime, name: 'bundle' };
    case 'oci':
      return { runtime: spec.runtime, name: spec.image, version: spec.tag ?? spec.digest };
    case 'command':
      return { runtime: spec.runtime, name: spec.command };
    default:
      return { runtime: spec.runtime, name: spec.name, version: spec.version }; // a package of an index
  }
};
