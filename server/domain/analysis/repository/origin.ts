import type { FileSet } from '../files/file-set.ts';
import { isDeclaredBy, launchMatches, type RepositoryEvidence } from './evidence.ts';
import type { Manifest } from './manifest.ts';

/** How a server of a repository is run: from a registry, straight from git, as an image, or only after a build. */
export type Origin = 'npm' | 'pypi' | 'git-npm' | 'git-pypi' | 'git-go' | 'git-cargo' | 'oci' | 'source' | 'remote';

/** `pip install name` and its relatives in the documents. */
function isAdvertised(name: string, files: FileSet): boolean {
  const spelled = name.replace(/[-_.]/g, '[-_.]');
  const install = new RegExp(`(?:pip|pipx|uv(?: pip| tool)?) install (?:-U |--upgrade )?["'\`]?${spelled}\\b`, 'i');
  return files.files.some(({ path, text }) => /\.md$/i.test(path) && install.test(text));
}

/** Reports whether installing it from git gives a program: it builds itself, or its build output is committed. */
function installsFromGit(manifest: Manifest, files: FileSet): boolean {
  const isThere = Object.values(manifest.bins).some((target) =>
    files.paths.includes([manifest.subfolder, target.replace(/^\.\//, '')].filter(Boolean).join('/')),
  );
  return manifest.buildsItself || isThere;
}

export function originOf(manifest: Manifest, evidence: RepositoryEvidence, files: FileSet): Origin {
  const { launches, declared, isGit } = evidence;
  const hasImage = evidence.images.length > 0;
  if (manifest.language === 'go' || manifest.language === 'rust') {
    if (hasImage) return 'oci';
    if (Object.keys(manifest.bins).length === 0) return 'source';
    return manifest.language === 'go' ? 'git-go' : 'git-cargo';
  }
  const isNode = manifest.language === 'node';
  if (
    launches.some(({ target }) => launchMatches(manifest, target)) ||
    declared.some((one) => isDeclaredBy(manifest, one))
  )
    return isNode ? 'npm' : 'pypi';
  const fromGit = isNode ? 'git-npm' : 'git-pypi';
  if (launches.some(({ target }) => isGit(target))) return fromGit;
  if (Object.keys(manifest.bins).length === 0) return hasImage ? 'oci' : 'source';
  if (isNode) return !manifest.isPrivate ? 'npm' : installsFromGit(manifest, files) ? 'git-npm' : 'source';
  if (hasImage) return 'oci';
  return isAdvertised(manifest.name, files) ? 'pypi' : fromGit;
}
