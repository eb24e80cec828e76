import { isDeclaredBy, launchMatches, type RepositoryEvidence } from './evidence.ts';
import type { Manifest } from './manifest.ts';

const parentOf = (folder: string | null): string | null =>
  folder === null ? null : folder.split('/').slice(0, -1).join('/');

/** Packages side by side, such as `src/git` and `src/time`: a family of servers. */
const isBeside = (one: Manifest, other: Manifest): boolean =>
  parentOf(one.subfolder) === parentOf(other.subfolder) && one.saysMcp === other.saysMcp;

/** The manifests at and below a folder; all of them where none lies there. */
function inFolder(all: Manifest[], folder: string | null): Manifest[] {
  if (folder === null) return all;
  const found = all.filter(({ subfolder }) => subfolder === folder || (subfolder ?? '').startsWith(`${folder}/`));
  return found.length > 0 ? found : all;
}

/** Selects the manifests of a repository that are servers a user can start. */
export function serversAmong(all: Manifest[], folder: string | null, evidence: RepositoryEvidence): Manifest[] {
  const { launches, declared, images, remotes } = evidence;
  const isLaunched = (manifest: Manifest): boolean =>
    launches.some(({ target }) => launchMatches(manifest, target)) ||
    declared.some((one) => isDeclaredBy(manifest, one));
  const hasLocalLaunch = launches.some(({ target }) => target.kind === 'local');
  const isServer = (manifest: Manifest): boolean => {
    const runs = Object.keys(manifest.bins).length > 0;
    if (manifest.language === 'go' || manifest.language === 'rust')
      return manifest.speaksMcp || (manifest.saysMcp && (images.length > 0 || hasLocalLaunch));
    if (isLaunched(manifest)) return !manifest.isPrivate || runs;
    if (manifest.isPrivate && (manifest.subfolder !== null || !runs))
      return manifest.speaksMcp && hasLocalLaunch && manifest.subfolder === null && remotes.length === 0;
    if (runs) return manifest.speaksMcp || manifest.saysMcp;
    return manifest.speaksMcp && hasLocalLaunch;
  };
  const found = inFolder(all, folder).filter(isServer);
  // a package that the documents start outweighs helpers beside it
  const launched = found.filter(isLaunched);
  if (launched.length === 0 || found.length === 1) return found;
  return found.filter(
    (one) =>
      isLaunched(one) ||
      (one.speaksMcp &&
        Object.keys(one.bins).length > 0 &&
        one.subfolder !== null &&
        launched.some((other) => isBeside(one, other))),
  );
}
