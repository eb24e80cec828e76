import hostedGitInfo from 'hosted-git-info';
import { describeServer, type ServerDescription } from './describe-server.ts';
import type { OwnLaunch } from './detectors/launch-arguments.ts';
import { type DocumentLaunch, detectLaunches, launchTarget } from './detectors/readme-launches.ts';
import { type DeclaredPackage, readServerJson, type ServerDocument } from './detectors/server-json.ts';
import { type FileSet, isCode } from './file-set.ts';
import type { LaunchTarget } from './launch.ts';
import type { Verdict } from './model.ts';
import { readmeOf } from './npm-candidate.ts';
import { type Manifest, readManifests } from './repository-manifests.ts';

/** A repository as far as it was read. */
export type Repository = { owner: string; repo: string; files: FileSet; subfolder: string | null };

/** How a server of a repository is run: from a registry, straight from git, as an image, or only after a build. */
export type Origin = 'npm' | 'pypi' | 'git-npm' | 'git-pypi' | 'oci' | 'source' | 'remote';

export type RepositoryServer = {
  subfolder: string | null;
  origin: Origin;
  /** Package name, image, or address. */
  name: string;
  displayName: string;
  description: string | null;
  manifest: Manifest | null;
  needs: ServerDescription;
  /** The document that speaks of it, for a model. */
  readme: string;
  /** Other ways that the repository itself names, in words. */
  alternatives: string[];
};

export type RepositoryReading = { verdict: Verdict; servers: RepositoryServer[]; contradictions: string[] };

type OwnTarget = { found: DocumentLaunch; target: LaunchTarget };

const pep503 = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');
const isPublic = (url: string): boolean =>
  /^https?:\/\//.test(url) &&
  !/^https?:\/\/(?:localhost|127\.|0\.0\.0\.0|\[::1?\]|[^/]*\.(?:local|internal)\b|your|<|example|host\b)/i.test(url);
const bareImage = (image: string): string =>
  image
    .replace(/^docker\.io\//, '')
    .replace(/(?<=\/[^/]*):[^/]*$/, '')
    .replace(/@sha256:.*$/, '');

/** Whether a git launch means this repository. */
function isRepository(spec: string, owner: string, repo: string): boolean {
  const hosted = hostedGitInfo.fromUrl(spec.replace(/@[^/@]+$/, ''));
  return (
    hosted?.type === 'github' && `${hosted.user}/${hosted.project}`.toLowerCase() === `${owner}/${repo}`.toLowerCase()
  );
}

/** Documents that speak to users of the server in a folder; not those of its parts, its history or its makers. */
function isDocumentOf(path: string, subfolder: string | null): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (
    /^(?:change|contribut|code_of|security|license|claude|agents|governance|maintain|roadmap|history|release|develop|testing|copilot)/i.test(
      name,
    )
  )
    return false;
  if (
    /\.(?:[a-z]{2}|[a-z]{2}-[a-z]{2})\.mdx?$/i.test(name) ||
    /README[_-](?:[a-z]{2}|[a-z]{2}[-_][a-z]{2,4})\.md$/i.test(name)
  )
    return false; // translations
  const within = (root: string) => path.startsWith(root) && !path.slice(root.length).includes('/');
  const roots = ['', 'docs/', ...(subfolder === null ? [] : [`${subfolder}/`, `${subfolder}/docs/`])];
  return roots.some(within) || /^docs\/(?:installation|install|config|setup|usage|guide)[\w-]*\//i.test(path);
}

/** What of the repository speaks of one server. With several servers, the root's prose belongs to none of them. */
function filesOf(set: FileSet, subfolder: string | null, others: string[], isOnly: boolean): FileSet {
  const prefix = subfolder === null ? '' : `${subfolder}/`;
  const isOther = (path: string) => others.some((other) => path.startsWith(`${other}/`));
  const files = set.files.filter(({ path }) => {
    if (isOther(path)) return false;
    if (/\.mdx?$/i.test(path)) return isDocumentOf(path, subfolder) && (isOnly || path.startsWith(prefix));
    if (isCode(path)) return path.startsWith(prefix);
    return path.startsWith(prefix) || (isOnly && !path.includes('/'));
  });
  return { ...set, files };
}

const matches = (manifest: Manifest, target: LaunchTarget): boolean =>
  (target.kind === 'npm' && manifest.language === 'node' && target.name === manifest.name) ||
  (target.kind === 'pypi' && manifest.language === 'python' && pep503(target.name) === pep503(manifest.name));

const declares = (manifest: Manifest, declared: DeclaredPackage): boolean =>
  (declared.type === 'npm' && manifest.language === 'node' && declared.identifier === manifest.name) ||
  (declared.type === 'pypi' && manifest.language === 'python' && pep503(declared.identifier) === pep503(manifest.name));

/** Reads a repository's documents and code. Pure: nothing is looked up, and no name is believed to be published. */
export function readRepository(repository: Repository): RepositoryReading {
  const { owner, repo, files } = repository;
  const launches = detectLaunches({
    ...files,
    files: files.files.filter(({ path }) => !/(?:^|\/)(?:examples?|tests?|fixtures?)\//i.test(path)),
  }).flatMap((found): OwnTarget[] => {
    const target = launchTarget(found);
    return target ? [{ found, target }] : [];
  });
  const documents = files.files
    .filter(({ path }) => /(?:^|\/)server\.json$/.test(path))
    .flatMap(({ text, path }): ServerDocument[] => {
      const document = readServerJson(text, path);
      return document ? [document] : [];
    });
  const declared = documents.flatMap((document) => document.packages);
  const remotes = [
    ...new Set([
      ...launches.flatMap(({ target }) => (target.kind === 'remote' && isPublic(target.url) ? [target.url] : [])),
      ...documents.flatMap((document) => document.remotes.map((one) => one.url)),
    ]),
  ];

  const isGit = (target: LaunchTarget): boolean => target.kind === 'git' && isRepository(target.spec, owner, repo);
  const isImage = (image: string): boolean =>
    declared.some((one) => one.type === 'oci' && bareImage(one.identifier) === bareImage(image)) ||
    bareImage(image).toLowerCase().includes(`${owner}/`.toLowerCase()) ||
    bareImage(image).toLowerCase().endsWith(`/${repo}`.toLowerCase());
  const images = [
    ...new Set([
      ...declared.flatMap((one) => (one.type === 'oci' ? [bareImage(one.identifier)] : [])),
      ...launches.flatMap(({ target }) =>
        target.kind === 'oci' && isImage(target.image) ? [bareImage(target.image)] : [],
      ),
    ]),
  ];

  const all = readManifests(files);
  const inScope = all.filter(
    ({ subfolder }) =>
      repository.subfolder === null ||
      subfolder === repository.subfolder ||
      (subfolder ?? '').startsWith(`${repository.subfolder}/`),
  );
  const scoped = inScope.length > 0 ? inScope : all;
  const isLaunched = (manifest: Manifest): boolean =>
    launches.some(({ target }) => matches(manifest, target)) || declared.some((one) => declares(manifest, one));
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
  const found = scoped.filter(isServer);
  // a package that the documents start outweighs helpers beside it
  const launched = found.filter(isLaunched);
  const manifests =
    launched.length > 0 && found.length > 1
      ? found.filter(
          (one) =>
            isLaunched(one) ||
            (one.speaksMcp &&
              Object.keys(one.bins).length > 0 &&
              one.subfolder !== null &&
              launched.some((other) => siblings(one, other))),
        )
      : found;

  const servers = manifests.map((manifest): RepositoryServer => {
    const isOnly = manifests.length === 1;
    const others = manifests.flatMap((other) =>
      other !== manifest && other.subfolder !== null && !(manifest.subfolder ?? '').startsWith(other.subfolder)
        ? [other.subfolder]
        : [],
    );
    const set = filesOf(files, manifest.subfolder, others, isOnly);
    const isOwn = (target: LaunchTarget): boolean => {
      if (matches(manifest, target)) return true;
      if (!isOnly) return false;
      return (
        isGit(target) ||
        (target.kind === 'oci' && (isImage(target.image) || images.length === 0)) ||
        (target.kind === 'local' && isOwnProgram(target, manifest, repo))
      );
    };
    const rooted = isOnly
      ? []
      : launches.flatMap(({ found: one, target }): OwnLaunch[] =>
          matches(manifest, target) && !set.files.some(({ path }) => path === one.file) ? [{ ...one, target }] : [],
        );
    const own = declared.filter((one) => declares(manifest, one));
    const relevant = own.length > 0 ? own : isOnly ? declared : [];
    const needs = describeServer(set, isOwn, {
      env: relevant.flatMap((one) => one.env),
      arguments: relevant.flatMap((one) => one.arguments),
      fixed: [...new Set(relevant.flatMap((one) => one.fixed))],
      launches: rooted,
      ownPrefixes:
        manifest.subfolder === null
          ? null
          : `${manifest.name} ${repo}`
              .toUpperCase()
              .split(/[^A-Z0-9]+/)
              .filter((word) => word.length > 2 && word !== 'MCP'),
    });
    const origin = originOf(manifest, {
      launches: launches.map(({ target }) => target),
      declared,
      isGit,
      hasImage: images.length > 0,
      files,
    });
    const image = images[0];
    return {
      subfolder: manifest.subfolder,
      origin,
      name: origin === 'oci' && image ? image : manifest.name,
      displayName: manifest.language === 'go' ? repo : manifest.name,
      description: documents[0]?.description ?? manifest.description,
      manifest,
      needs,
      readme: readmeOf(set),
      alternatives: [
        ...(origin === 'oci' ? [] : images.map((one) => `the container image ${one}`)),
        ...(isOnly ? remotes.map((url) => `the hosted server at ${url}`) : []),
      ],
    };
  });

  const contradictions = documents.flatMap((document) =>
    document.packages.flatMap((one) => {
      const manifest = all.find((candidate) => declares(candidate, one));
      return manifest?.version && one.version && manifest.version !== one.version
        ? [`server.json speaks of ${one.identifier} ${one.version}, the manifest of ${manifest.version}.`]
        : [];
    }),
  );
  if (servers.length > 0) return { verdict: 'MCP_SERVER', servers, contradictions };

  const [remote] = remotes;
  if (remote) {
    const needs: ServerDescription = { credentials: [], arguments: [], fixedArguments: [], tools: [] };
    const server: RepositoryServer = {
      subfolder: null,
      origin: 'remote',
      name: remote,
      displayName: repo,
      description: documents[0]?.description ?? null,
      manifest: null,
      needs,
      readme: '',
      alternatives: [],
    };
    return { verdict: 'REMOTE_ONLY', servers: [server], contradictions };
  }
  const isLibrary = all.some((manifest) => manifest.speaksMcp || (manifest.subfolder === null && manifest.saysMcp));
  return { verdict: isLibrary ? 'LIBRARY' : 'NOT_MCP', servers: [], contradictions };
}

/** Packages side by side, such as `src/git` and `src/time`: a family of servers. */
const siblings = (one: Manifest, other: Manifest): boolean =>
  parentOf(one.subfolder) === parentOf(other.subfolder) && one.saysMcp === other.saysMcp;
const parentOf = (folder: string | null): string | null =>
  folder === null ? null : folder.split('/').slice(0, -1).join('/');

const isOwnProgram = (target: Extract<LaunchTarget, { kind: 'local' }>, manifest: Manifest, repo: string): boolean => {
  const program = target.command.split(/[\\/]/).at(-1) ?? '';
  return (
    /^(?:node|bun|deno|tsx|python3?|uv|poetry|pipx|npm|pnpm|yarn|go)$/.test(program) ||
    program in manifest.bins ||
    program === repo ||
    target.command.includes(repo)
  );
};

type OriginFacts = {
  launches: LaunchTarget[];
  declared: DeclaredPackage[];
  isGit: (target: LaunchTarget) => boolean;
  hasImage: boolean;
  files: FileSet;
};

function originOf(manifest: Manifest, facts: OriginFacts): Origin {
  const { launches, declared, isGit, hasImage, files } = facts;
  if (manifest.language === 'go' || manifest.language === 'rust') return hasImage ? 'oci' : 'source';
  const isNode = manifest.language === 'node';
  if (launches.some((target) => matches(manifest, target)) || declared.some((one) => declares(manifest, one)))
    return isNode ? 'npm' : 'pypi';
  const fromGit = isNode ? 'git-npm' : 'git-pypi';
  if (launches.some(isGit)) return fromGit;
  if (Object.keys(manifest.bins).length === 0) return hasImage ? 'oci' : 'source';
  if (isNode) {
    if (!manifest.isPrivate) return 'npm';
    const isThere = Object.values(manifest.bins).some((target) =>
      files.paths.includes([manifest.subfolder, target.replace(/^\.\//, '')].filter(Boolean).join('/')),
    );
    return manifest.buildsItself || isThere ? 'git-npm' : 'source';
  }
  if (hasImage) return 'oci';
  const isAdvertised = files.files.some(
    ({ path, text }) =>
      /\.md$/i.test(path) &&
      new RegExp(
        `(?:pip|pipx|uv(?: pip| tool)?) install (?:-U |--upgrade )?["'\`]?${manifest.name.replace(/[-_.]/g, '[-_.]')}\\b`,
        'i',
      ).test(text),
  );
  return isAdvertised ? 'pypi' : fromGit;
}
