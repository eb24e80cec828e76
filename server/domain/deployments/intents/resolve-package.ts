import { isImageDigest, parseImageReference } from '#deploy/host/images/image-reference.ts';
import type { PackageSpec } from '#deploy/host/package-spec.ts';
import type { Actor } from '#server/domain/actor.ts';
import { archiveSpec, publishedSpec, servedOver } from '#server/domain/analysis/candidates/package-spec.ts';
import { binsOf } from '#server/domain/analysis/detect/package-facts.ts';
import type { Archive } from '#server/domain/analysis/files/archive.ts';
import type { GitHub } from '#server/domain/analysis/registries/github.ts';
import type { ImageRegistries } from '#server/domain/analysis/registries/images.ts';
import type { PackageIndexes } from '#server/domain/analysis/registries/indexed-package.ts';
import { installOptionsSchema } from '#server/domain/analysis/result.ts';
import { parseSource } from '#server/domain/analysis/source/parse-source.ts';
import type { Source } from '#server/domain/analysis/source/source.ts';
import { UserError } from '#server/domain/errors.ts';

/** The package that the latest release runs, and the pasted source: newer versions are looked for in both. */
export type CurrentPackage = { spec: PackageSpec; source: string };

/**
 * Resolves the exact version of a package for a new release: the newest (`version` null) or the named one; for a git
 * repository any branch, tag or commit. Throws UserErrors.
 */
export type ResolvePackage = (
  actor: Actor,
  current: CurrentPackage,
  version: string | null,
  signal: AbortSignal,
) => Promise<PackageSpec>;

export type ResolveDeps = {
  indexes: PackageIndexes;
  /** Uses the token of the user, if one is set. */
  gitHubOf(userId: string): Promise<Pick<GitHub, 'findCommit'>>;
  /** Uses the login of the user, if one is set. */
  imagesOf(userId: string): Promise<ImageRegistries>;
  /** Packs a folder or tarball of this computer as it is now; null for an actor without access to local files. */
  pack(actor: Actor, source: LocalSource, signal: AbortSignal): Promise<Packed | null>;
};

type LocalSource = Extract<Source, { kind: 'folder' | 'archive' }>;
type Packed = Pick<Archive, 'path' | 'integrity' | 'manifest'>;

export function createResolvePackage({ indexes, gitHubOf, imagesOf, pack }: ResolveDeps): ResolvePackage {
  return async (actor, { spec, source }, version, signal) => {
    switch (spec.runtime) {
      case 'git': {
        const gitHub = await gitHubOf(actor.userId);
        return { ...spec, commit: await gitHub.findCommit(refOf(spec.url, source, version), signal) };
      }
      case 'archive': {
        if (version !== null) throw unversioned();
        const pasted = parseQuietly(source, true);
        const isLocal = pasted?.kind === 'folder' || pasted?.kind === 'archive';
        const packed = isLocal ? await pack(actor, pasted, signal) : null;
        if (!packed) return spec;
        const { name, bin } = packed.manifest;
        return servedOver(archiveSpec(packed, keptBin(spec.bin, binsOf(name, bin))), spec.http);
      }
      case 'oci': {
        const named = parseImageReference(version === null ? imageTagOf(spec) : imageOf(spec.image, version));
        if (named === null)
          throw new UserError('VERSION_NOT_FOUND', `${version} is not a tag or digest of an image.`, {
            kind: 'invalid-input',
          });
        const images = await imagesOf(actor.userId);
        const { digest } = await images.getImage(named, signal);
        const { tag: _before, ...same } = spec;
        return { ...same, ...(named.tag === null ? {} : { tag: named.tag }), digest };
      }
      case 'mcpb':
      case 'remote':
      case 'bundle':
      case 'command':
        if (version !== null) throw unversioned();
        return spec;
      default: {
        const found = await indexes[spec.runtime].getPackage(spec.name, version, signal);
        const bin = found.bins === null ? spec.bin : keptBin(spec.bin, found.bins);
        return servedOver(publishedSpec(found, bin, installOptionsSchema.parse(spec)), spec.http);
      }
    }
  };
}

/** A version of an image is a tag or a digest. */
const imageOf = (image: string, version: string): string =>
  isImageDigest(version) ? `${image}@${version}` : `${image}:${version}`;

/** The newest image is the one that its tag names now; one that was named by digest stays. */
const imageTagOf = ({ image, tag, digest }: Extract<PackageSpec, { runtime: 'oci' }>): string =>
  imageOf(image, tag ?? digest);

/** Keeps the command that the package still has. Without one the host chooses: the version may have renamed it. */
const keptBin = (bin: string | undefined, bins: Record<string, string>): string | undefined =>
  bin !== undefined && Object.hasOwn(bins, bin) ? bin : undefined;

const RESOLVE_TIMEOUT_MS = 20_000;

/** Limits the time that a registry may take. */
export const resolveLimit = (): AbortSignal => AbortSignal.timeout(RESOLVE_TIMEOUT_MS);

const unversioned = (): UserError =>
  new UserError('VERSION_NOT_FOUND', 'This server has no versions to choose from.', {
    kind: 'invalid-input',
    hint: 'Remove the version: what is there now is deployed.',
  });

/** The named branch, tag or commit; else the one pasted with this repository; else the default branch. */
function refOf(url: string, source: string, version: string | null) {
  const [owner = '', repo = ''] = new URL(url).pathname.replace(/^\/|\.git$/g, '').split('/');
  if (version !== null) return { owner, repo, ref: version, treePath: null };
  const parsed = parseQuietly(source, false);
  const pasted = parsed?.kind === 'github' ? parsed : null;
  const isSame =
    pasted !== null &&
    pasted.owner.toLowerCase() === owner.toLowerCase() &&
    pasted.repo.toLowerCase() === repo.toLowerCase();
  return isSame
    ? { owner, repo, ref: pasted.ref, treePath: pasted.treePath }
    : { owner, repo, ref: null, treePath: null };
}

function parseQuietly(source: string, localPathsAllowed: boolean): Source | null {
  try {
    return parseSource(source, { localPathsAllowed });
  } catch {
    return null; // an earlier version may have accepted it
  }
}
