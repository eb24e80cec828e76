import hostedGitInfo from 'hosted-git-info';
import { type DeclaredPackage, readServerJson, type ServerDocument } from '../detect/manifests/server-json.ts';
import type { OwnLaunch } from '../detect/readme/launch-arguments.ts';
import { detectLaunches, launchTarget } from '../detect/readme/launches.ts';
import type { FileSet } from '../files/file-set.ts';
import type { LaunchTarget } from '../source/launch.ts';
import type { Manifest } from './manifest.ts';

/** Facts from a repository's documents about running it: launches, server.json, images, addresses. */
export type RepositoryEvidence = {
  launches: OwnLaunch[];
  documents: ServerDocument[];
  declared: DeclaredPackage[];
  /** Container images of this repository, without their tags. */
  images: string[];
  /** Addresses where the server runs already. */
  remotes: string[];
  /** Reports whether a git launch means this repository. */
  isGit: (target: LaunchTarget) => boolean;
  isImage: (image: string) => boolean;
};

const ASIDE = /(?:^|\/)(?:examples?|tests?|fixtures?)\//i;
const pep503 = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');
const isPublic = (url: string): boolean =>
  /^https?:\/\//.test(url) &&
  !/^https?:\/\/(?:localhost|127\.|0\.0\.0\.0|\[::1?\]|[^/]*\.(?:local|internal)\b|your|<|example|host\b)/i.test(url);
const bareImage = (image: string): string =>
  image
    .replace(/^docker\.io\//, '')
    .replace(/(?<=\/[^/]{0,200}):[^/:]{0,200}$/, '')
    .replace(/@sha256:.*$/, '');

export const launchMatches = (manifest: Manifest, target: LaunchTarget): boolean =>
  (target.kind === 'npm' && manifest.language === 'node' && target.name === manifest.name) ||
  (target.kind === 'pypi' && manifest.language === 'python' && pep503(target.name) === pep503(manifest.name));

export const isDeclaredBy = (manifest: Manifest, declared: DeclaredPackage): boolean =>
  (declared.type === 'npm' && manifest.language === 'node' && declared.identifier === manifest.name) ||
  (declared.type === 'pypi' && manifest.language === 'python' && pep503(declared.identifier) === pep503(manifest.name));

export function evidenceOfRepository(owner: string, repo: string, files: FileSet): RepositoryEvidence {
  const launches = detectLaunches({ ...files, files: files.files.filter(({ path }) => !ASIDE.test(path)) }).flatMap(
    (found): OwnLaunch[] => {
      const target = launchTarget(found);
      return target ? [{ ...found, target }] : [];
    },
  );
  const documents = files.files
    .filter(({ path }) => /(?:^|\/)server\.json$/.test(path))
    .flatMap(({ text, path }): ServerDocument[] => {
      const document = readServerJson(text, path);
      return document ? [document] : [];
    });
  const declared = documents.flatMap((document) => document.packages);
  const isImage = (image: string): boolean =>
    declared.some((one) => one.type === 'oci' && bareImage(one.identifier) === bareImage(image)) ||
    bareImage(image).toLowerCase().includes(`${owner}/`.toLowerCase()) ||
    bareImage(image).toLowerCase().endsWith(`/${repo}`.toLowerCase());
  const targets = launches.map(({ target }) => target);
  return {
    launches,
    documents,
    declared,
    images: [
      ...new Set([
        ...declared.flatMap((one) => (one.type === 'oci' ? [bareImage(one.identifier)] : [])),
        ...targets.flatMap((target) =>
          target.kind === 'oci' && isImage(target.image) ? [bareImage(target.image)] : [],
        ),
      ]),
    ],
    remotes: [
      ...new Set([
        ...targets.flatMap((target) => (target.kind === 'remote' && isPublic(target.url) ? [target.url] : [])),
        ...documents.flatMap((document) => document.remotes.map((one) => one.url)),
      ]),
    ],
    isGit: (target) => {
      if (target.kind !== 'git') return false;
      const hosted = hostedGitInfo.fromUrl(target.spec.replace(/@[^/@]+$/, ''));
      const home = `${owner}/${repo}`.toLowerCase();
      return hosted?.type === 'github' && `${hosted.user}/${hosted.project}`.toLowerCase() === home;
    },
    isImage,
  };
}
