import { describeServer, type ServerDescription } from '../detect/describe-server.ts';
import { detectLocalNeed, type LocalNeed } from '../detect/local-needs.ts';
import type { ServerDocument } from '../detect/manifests/server-json.ts';
import { chooseBin, readmeOf } from '../detect/package-facts.ts';
import type { OwnLaunch } from '../detect/readme/launch-arguments.ts';
import type { FileSet } from '../files/file-set.ts';
import type { Verdict } from '../result.ts';
import type { LaunchTarget } from '../source/launch.ts';
import { evidenceOfRepository, isDeclaredBy, launchMatches, type RepositoryEvidence } from './evidence.ts';
import type { Manifest } from './manifest.ts';
import { readManifests } from './manifests.ts';
import { type Origin, originOf } from './origin.ts';
import { filesOfServer } from './scope.ts';
import { serversAmong } from './servers.ts';

/** A repository as far as it was read. */
export type Repository = { owner: string; repo: string; files: FileSet; subfolder: string | null };

export type RepositoryServer = {
  subfolder: string | null;
  origin: Origin;
  /** Package name, image, or address. */
  name: string;
  displayName: string;
  description: string | null;
  manifest: Manifest | null;
  needs: ServerDescription;
  localNeed: LocalNeed | null;
  /** The document that speaks of it, for a model. */
  readme: string;
  /** Other ways that the repository itself names, in words. */
  alternatives: string[];
};

export type RepositoryReading = { verdict: Verdict; servers: RepositoryServer[]; contradictions: string[] };

const isOwnProgram = (target: Extract<LaunchTarget, { kind: 'local' }>, manifest: Manifest, repo: string): boolean => {
  const program = target.command.split(/[\\/]/).at(-1) ?? '';
  return (
    /^(?:node|bun|deno|tsx|python3?|uv|poetry|pipx|npm|pnpm|yarn|go)$/.test(program) ||
    program in manifest.bins ||
    program === repo ||
    target.command.includes(repo)
  );
};

const COMPILED: readonly Manifest['language'][] = ['go', 'rust'];

/** A name in the repository's examples is one of a monorepo's server only when it begins with the server's own words. */
const ownPrefixesOf = (manifest: Manifest, repo: string): string[] | null =>
  manifest.subfolder === null
    ? null
    : `${manifest.name} ${repo}`
        .toUpperCase()
        .split(/[^A-Z0-9]+/)
        .filter((word) => word.length > 2 && word !== 'MCP');

function serverOf(
  repository: Repository,
  evidence: RepositoryEvidence,
  manifest: Manifest,
  servers: Manifest[],
): RepositoryServer {
  const { repo, files } = repository;
  const { launches, documents, declared, images, remotes, isGit, isImage } = evidence;
  const isOnly = servers.length === 1;
  const others = servers.flatMap((other) =>
    other !== manifest && other.subfolder !== null && !(manifest.subfolder ?? '').startsWith(other.subfolder)
      ? [other.subfolder]
      : [],
  );
  const set = filesOfServer(files, manifest.subfolder, others, isOnly);
  const isOwn = (target: LaunchTarget): boolean => {
    if (launchMatches(manifest, target)) return true;
    if (!isOnly) return false;
    return (
      isGit(target) ||
      (target.kind === 'oci' && (isImage(target.image) || images.length === 0)) ||
      (target.kind === 'local' && isOwnProgram(target, manifest, repo))
    );
  };
  // launches of one server of several stand at the root, outside of its own files
  const rooted = isOnly
    ? []
    : launches.filter(
        (found): found is OwnLaunch =>
          launchMatches(manifest, found.target) && !set.files.some(({ path }) => path === found.file),
      );
  const own = declared.filter((one) => isDeclaredBy(manifest, one));
  const relevant = own.length > 0 ? own : isOnly ? declared : [];
  const needs = describeServer(set, isOwn, {
    env: relevant.flatMap((one) => one.env),
    arguments: relevant.flatMap((one) => one.arguments),
    fixed: [...new Set(relevant.flatMap((one) => one.fixed))],
    launches: rooted,
    ownPrefixes: ownPrefixesOf(manifest, repo),
    // Files of compilers are reached in their own ways.
    entry: COMPILED.includes(manifest.language)
      ? undefined
      : manifest.bins[chooseBin(manifest.name, manifest.bins) ?? ''],
    folder: manifest.subfolder ?? '',
  });
  const origin = originOf(manifest, evidence, files);
  const image = images[0];
  const description = documents[0]?.description ?? manifest.description;
  return {
    subfolder: manifest.subfolder,
    origin,
    name: origin === 'oci' && image ? image : manifest.name,
    displayName: manifest.language === 'go' ? repo : manifest.name,
    description,
    manifest,
    needs,
    localNeed: detectLocalNeed({ name: manifest.name, description, platforms: manifest.platforms, files: set }),
    readme: readmeOf(set),
    alternatives: [
      ...(origin === 'oci' ? [] : images.map((one) => `the container image ${one}`)),
      ...(isOnly ? remotes.map((url) => `the hosted server at ${url}`) : []),
    ],
  };
}

const hasGaps = (url: string): boolean => /[{<]|%7B|%3C/i.test(url);
const hostOf = (url: string): string => /^[a-z]+:\/\/([^/]+)/i.exec(url)?.[1] ?? '';

/** The first address. One with gaps is a pattern: of the same host, an address without says more. */
const workingAddress = ([first, ...others]: readonly string[]): string | undefined =>
  first !== undefined && hasGaps(first)
    ? (others.find((url) => !hasGaps(url) && hostOf(url) === hostOf(first)) ?? first)
    : first;

const remoteServer = (url: string, repo: string, description: string | null): RepositoryServer => ({
  subfolder: null,
  origin: 'remote',
  name: url,
  displayName: repo,
  description,
  manifest: null,
  needs: { credentials: [], arguments: [], fixedArguments: [], tools: [], builtNames: [], http: null },
  localNeed: null,
  readme: '',
  alternatives: [],
});

const contradictionsOf = (documents: readonly ServerDocument[], all: Manifest[]): string[] =>
  documents.flatMap((document) =>
    document.packages.flatMap((one) => {
      const manifest = all.find((candidate) => isDeclaredBy(candidate, one));
      return manifest?.version && one.version && manifest.version !== one.version
        ? [`server.json speaks of ${one.identifier} ${one.version}, the manifest of ${manifest.version}.`]
        : [];
    }),
  );

/** Reads a repository's documents and code. Pure: nothing is looked up, and no name is believed to be published. */
export function readRepository(repository: Repository): RepositoryReading {
  const { owner, repo, files, subfolder } = repository;
  const evidence = evidenceOfRepository(owner, repo, files);
  const all = readManifests(files);
  const manifests = serversAmong(all, subfolder, evidence);
  const contradictions = contradictionsOf(evidence.documents, all);
  if (manifests.length > 0) {
    const servers = manifests.map((manifest) => serverOf(repository, evidence, manifest, manifests));
    return { verdict: 'MCP_SERVER', servers, contradictions };
  }
  const remote = workingAddress(evidence.remotes);
  if (remote) {
    const description = evidence.documents[0]?.description ?? null;
    return { verdict: 'REMOTE_ONLY', servers: [remoteServer(remote, repo, description)], contradictions };
  }
  const isLibrary = all.some((manifest) => manifest.speaksMcp || (manifest.subfolder === null && manifest.saysMcp));
  return { verdict: isLibrary ? 'LIBRARY' : 'NOT_MCP', servers: [], contradictions };
}
