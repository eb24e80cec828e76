import type { PackageSpec } from '#deploy/host/contract.ts';
import type { Actor } from '#server/domain/actor.ts';
import type { GitHub } from '#server/domain/analysis/registries/github.ts';
import type { NpmRegistry } from '#server/domain/analysis/registries/npm.ts';
import type { Pypi } from '#server/domain/analysis/registries/pypi.ts';
import { parseSource } from '#server/domain/analysis/source.ts';
import { UserError } from '#server/domain/errors.ts';

/** What a release ran so far, and what was pasted: where a newer one is to be found. */
export type Present = { spec: PackageSpec; source: string };

/**
 * The exact version of a package that a new release is to run: the newest one (`version` null), or the one that is
 * named; of a git repository any branch, tag or commit. Throws UserErrors.
 */
export type ResolvePackage = (
  actor: Pick<Actor, 'userId'>,
  present: Present,
  version: string | null,
  signal: AbortSignal,
) => Promise<PackageSpec>;

export type ResolveDeps = {
  npm: Pick<NpmRegistry, 'getPackage'>;
  pypi: Pick<Pypi, 'getPackage'>;
  /** With the user's own token, where they have one. */
  gitHubOf(userId: string): Promise<Pick<GitHub, 'findCommit'>>;
};

export function createResolvePackage({ npm, pypi, gitHubOf }: ResolveDeps): ResolvePackage {
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
        return { ...spec, version: (await pypi.getPackage(spec.name, version, signal)).version };
      case 'git': {
        const gitHub = await gitHubOf(actor.userId);
        return { ...spec, commit: await gitHub.findCommit(placeOf(spec.url, source, version), signal) };
      }
      case 'archive':
      case 'command':
        if (version === null) return spec;
        throw new UserError('VERSION_NOT_FOUND', 'A folder or tarball has no versions to choose from.', {
          kind: 'invalid-input',
          hint: 'Analyse the source again to deploy what it is now.',
        });
    }
  };
}

/** The branch, tag or commit that is named; else what was pasted with this very repository; else its default branch. */
function placeOf(url: string, source: string, version: string | null) {
  const [owner = '', repo = ''] = new URL(url).pathname.replace(/^\/|\.git$/g, '').split('/');
  if (version !== null) return { owner, repo, ref: version, treePath: null };
  const pasted = pastedRepository(source);
  const isSame =
    pasted !== null &&
    pasted.owner.toLowerCase() === owner.toLowerCase() &&
    pasted.repo.toLowerCase() === repo.toLowerCase();
  return isSame
    ? { owner, repo, ref: pasted.ref, treePath: pasted.treePath }
    : { owner, repo, ref: null, treePath: null };
}

function pastedRepository(source: string) {
  try {
    const parsed = parseSource(source, { localPathsAllowed: false });
    return parsed.kind === 'github' ? parsed : null;
  } catch {
    return null; // it was understood once; what it names now is not a repository
  }
}
