import type { PackageSpec } from '#deploy/host/contract.ts';
import type { Actor } from '#server/domain/actor.ts';
import { binsOf } from '#server/domain/analysis/detect/package-facts.ts';
import type { Archive } from '#server/domain/analysis/files/archive.ts';
import type { GitHub } from '#server/domain/analysis/registries/github.ts';
import type { NpmRegistry } from '#server/domain/analysis/registries/npm.ts';
import { type Pypi, pypiSpec } from '#server/domain/analysis/registries/pypi.ts';
import { parseSource, type Source } from '#server/domain/analysis/source/parse-source.ts';
import { UserError } from '#server/domain/errors.ts';

/** What a release ran so far, and what was pasted: where a newer one is to be found. */
export type Present = { spec: PackageSpec; source: string };

/**
 * The exact version of a package that a new release is to run: the newest one (`version` null), or the one that is
 * named; of a git repository any branch, tag or commit. Throws UserErrors.
 */
export type ResolvePackage = (
  actor: Actor,
  present: Present,
  version: string | null,
  signal: AbortSignal,
) => Promise<PackageSpec>;

export type ResolveDeps = {
  npm: Pick<NpmRegistry, 'getPackage'>;
  pypi: Pick<Pypi, 'getPackage'>;
  /** With the user's own token, where they have one. */
  gitHubOf(userId: string): Promise<Pick<GitHub, 'findCommit'>>;
  /** A folder or tarball of this computer as it is now; null for whoever may not name one. */
  pack(actor: Actor, source: LocalSource, signal: AbortSignal): Promise<Packed | null>;
};

type LocalSource = Extract<Source, { kind: 'folder' | 'archive' }>;
type Packed = Pick<Archive, 'path' | 'integrity' | 'manifest'>;

export function createResolvePackage({ npm, pypi, gitHubOf, pack }: ResolveDeps): ResolvePackage {
  return async (actor, { spec, source }, version, signal) => {
    switch (spec.runtime) {
      case 'npm': {
        const found = await npm.getPackage(spec.name, version, signal);
        return {
          runtime: 'npm',
          name: spec.name,
          version: found.version,
          ...(found.integrity === null ? {} : { integrity: found.integrity }),
          // A program that the version does not have is looked for anew by the host.
          ...(spec.bin !== undefined && Object.hasOwn(found.bins, spec.bin) ? { bin: spec.bin } : {}),
        };
      }
      case 'pypi':
        return pypiSpec(await pypi.getPackage(spec.name, version, signal), spec.bin);
      case 'git': {
        const gitHub = await gitHubOf(actor.userId);
        return { ...spec, commit: await gitHub.findCommit(placeOf(spec.url, source, version), signal) };
      }
      case 'archive': {
        if (version !== null) throw unversioned();
        const pasted = parseQuietly(source, true);
        const isLocal = pasted?.kind === 'folder' || pasted?.kind === 'archive';
        const packed = isLocal ? await pack(actor, pasted, signal) : null;
        if (!packed) return spec;
        const { path, integrity, manifest } = packed;
        const bins = binsOf(manifest.name, manifest.bin);
        const bin = spec.bin !== undefined && Object.hasOwn(bins, spec.bin) ? { bin: spec.bin } : {};
        return { runtime: 'archive', path, integrity, ...bin };
      }
      case 'command':
        if (version !== null) throw unversioned();
        return spec;
    }
  };
}

const unversioned = (): UserError =>
  new UserError('VERSION_NOT_FOUND', 'A folder or tarball has no versions to choose from.', {
    kind: 'invalid-input',
    hint: 'Leave the version out: what it holds now is deployed.',
  });

/** The branch, tag or commit that is named; else what was pasted with this very repository; else its default branch. */
function placeOf(url: string, source: string, version: string | null) {
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
    return null; // it was understood once, perhaps by other rules
  }
}
