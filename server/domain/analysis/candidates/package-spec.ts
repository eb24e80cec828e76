import type { z } from 'zod';
import { type ImageReference, imageName } from '#deploy/host/images/image-reference.ts';
import type { HttpServing, PackageSpec } from '#deploy/host/package-spec.ts';
import type { Archive } from '../files/archive.ts';
import type { PublishedPackage } from '../registries/indexed-package.ts';
import type { installOptionsSchema } from '../result.ts';

/** The only file that builds a `PackageSpec`: the exact package that the host installs. */

type GitSpec = Extract<PackageSpec, { runtime: 'git' }>;
export type InstallOptions = z.infer<typeof installOptionsSchema>;

const withBin = (bin: string | null | undefined): { bin?: string } => (bin ? { bin } : {});

/** A version of an index, with the checksums of its files. Without a bin the host chooses the command. */
export function publishedSpec(
  found: PublishedPackage,
  bin: string | undefined,
  options: InstallOptions = {},
): PackageSpec {
  const { name, version } = found;
  switch (found.runtime) {
    case 'npm': {
      const integrity = found.integrity ? { integrity: found.integrity } : {};
      return { runtime: 'npm', name, version, ...integrity, ...withBin(bin) };
    }
    case 'pypi': {
      const hashes = found.hashes.length > 0 ? { hashes: found.hashes } : {};
      return { runtime: 'pypi', name, version, ...hashes, ...withBin(bin), ...options };
    }
  }
}

/** One commit of a repository. */
export const gitSpec = (
  { installer, url, commit }: Pick<GitSpec, 'installer' | 'url' | 'commit'>,
  subfolder: string | null,
  bin: string | undefined,
): PackageSpec => ({
  runtime: 'git',
  installer,
  url,
  commit,
  ...(subfolder ? { subfolder } : {}),
  ...withBin(bin),
});

/** A packed folder or tarball of this computer. */
export const archiveSpec = (
  { path, integrity }: Pick<Archive, 'path' | 'integrity'>,
  bin: string | undefined,
): PackageSpec => ({ runtime: 'archive', path, integrity, ...withBin(bin) });

/** An image of a registry, for linux/amd64. */
export const imageSpec = (reference: ImageReference, digest: string): PackageSpec => ({
  runtime: 'oci',
  image: imageName(reference),
  ...(reference.tag === null ? {} : { tag: reference.tag }),
  digest,
});

/** The same package, reached over a port if its server serves HTTP. */
export const servedOver = <Spec extends PackageSpec>(spec: Spec, http: HttpServing | null | undefined): Spec =>
  http ? { ...spec, http } : spec;

/** The same package, started and installed as a pasted command line names it. */
export const launchedSpec = <Spec extends PackageSpec>(
  spec: Spec,
  bin: string | null,
  options: InstallOptions = {},
): Spec => ({ ...spec, ...withBin(bin), ...options });
