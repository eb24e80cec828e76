import { imageName, parseImageReference } from '#deploy/host/images/image-reference.ts';
import type { CompilerName, PackageSpec } from '#deploy/host/package-spec.ts';
import { UserError } from '../../errors.ts';
import type { Builders } from '../context.ts';
import { chooseBin } from '../detect/package-facts.ts';
import type { GitHubRepository } from '../registries/github.ts';
import { githubRepositoryOf } from '../registries/github-repository.ts';
import type { ImageRegistries } from '../registries/images.ts';
import type { PackageIndexes, PublishedPackage } from '../registries/indexed-package.ts';
import type { Manifest } from '../repository/manifest.ts';
import type { RepositoryServer } from '../repository/read-repository.ts';
import type { AnalysisWarning, Runtime } from '../result.ts';
import { type IndexName, PACKAGE_INDEXES } from '../source/package-indexes.ts';
import { NOT_DEPLOYABLE } from './not-deployable.ts';
import { attestationNote, leadsBackTo } from './package-origin.ts';
import { gitSpec, imageSpec, publishedSpec } from './package-spec.ts';
import { claimsOf, packageWarnings } from './published-candidate.ts';

/** The indexes in which the packages of a repository are looked up. */
export type Lookup = { indexes: PackageIndexes; images: ImageRegistries; builders: Builders; now: () => Date };

/** A repository as GitHub describes it, without its files. */
export type RepositoryFacts = Omit<GitHubRepository, 'files'>;

/** The package or commit that a server of a repository is installed from. */
export type Installation = {
  runtime: Runtime;
  package: string;
  version: string | null;
  integrity: string | null;
  runCommand: string[];
  spec: PackageSpec | null;
  verified: boolean;
  reason: string | null;
  /** The attestation of its registry. */
  note: string | null;
  warnings: AnalysisWarning[];
  isPartial: boolean;
};

const installation = (
  runtime: Runtime,
  name: string,
  runCommand: string[],
  more: Partial<Installation>,
): Installation => ({
  runtime,
  package: name,
  version: null,
  integrity: null,
  runCommand,
  spec: null,
  verified: false,
  reason: null,
  note: null,
  warnings: [],
  isPartial: false,
  ...more,
});

const stranger = (name: string, where: string, { owner, repo }: RepositoryFacts, key: string): AnalysisWarning => ({
  code: 'UNVERIFIED_PACKAGE',
  weight: 'CONFIRM',
  message: `${name} on ${where} does not say that it comes from ${owner}/${repo}. Another person may have published it.`,
  candidateKey: key,
});

/** Straight from git, pinned to the commit that was read. */
function fromGit(server: RepositoryServer, facts: RepositoryFacts, installer: IndexName): Installation {
  const { owner, repo, commit } = facts;
  const url = `https://github.com/${owner}/${repo}.git`;
  const bin = server.manifest ? chooseBin(server.manifest.name, server.manifest.bins) : undefined;
  const name = `${owner}/${repo}`;
  const runCommand =
    installer === 'npm'
      ? [
          ...PACKAGE_INDEXES.npm.runner,
          `github:${name}#${commit.slice(0, 12)}${server.subfolder ? `::path:${server.subfolder}` : ''}`,
        ]
      : [
          'uvx',
          '--from',
          `git+${url}@${commit.slice(0, 12)}${server.subfolder ? `#subdirectory=${server.subfolder}` : ''}`,
          bin ?? server.name,
        ];
  return installation('git', name, runCommand, {
    version: commit,
    verified: true,
    spec: gitSpec({ installer, url, commit }, server.subfolder, bin),
  });
}

/** How people would build and run it themselves. */
const compileCommand = (
  compiler: CompilerName,
  server: RepositoryServer,
  facts: RepositoryFacts,
  bin: string,
): string[] => {
  const home = `github.com/${facts.owner}/${facts.repo}`;
  const commit = facts.commit.slice(0, 12);
  const target = server.manifest?.bins[bin] ?? '.';
  const folder = [home, server.subfolder, target === '.' ? null : target].filter(Boolean).join('/');
  return compiler === 'go'
    ? ['go', 'run', `${folder}@${commit}`]
    : ['cargo', 'install', '--git', `https://${home}`, '--rev', commit, '--bin', bin];
};

/** Built from the commit that was read, by a compiler of the machine. */
function fromCompiler(
  server: RepositoryServer,
  facts: RepositoryFacts,
  compiler: CompilerName,
  builders: Builders,
): Installation {
  const bins = server.manifest?.bins ?? {};
  const bin = chooseBin((server.manifest?.name ?? '').split('/').at(-1) ?? '', bins);
  const name = `${facts.owner}/${facts.repo}`;
  if (bin === undefined)
    return installation('source', server.name, [server.name], { verified: true, reason: NOT_DEPLOYABLE.source });
  const runCommand = compileCommand(compiler, server, facts, bin);
  const reason = builders(compiler);
  if (reason !== null) return installation('source', name, runCommand, { verified: true, reason });
  const { owner, repo, commit } = facts;
  const url = `https://github.com/${owner}/${repo}.git`;
  return installation('git', name, runCommand, {
    version: commit,
    verified: true,
    spec: gitSpec({ installer: compiler, url, commit }, server.subfolder, compiler === 'go' ? bins[bin] : bin),
  });
}

const COMPILER_OF: Partial<Record<Manifest['language'], CompilerName>> = { go: 'go', rust: 'cargo' };

/** The image of a server; where there is none to be had, what a compiler makes of its source. */
async function fromImageOrCompiler(
  server: RepositoryServer,
  facts: RepositoryFacts,
  lookup: Lookup,
  key: string,
  signal: AbortSignal,
): Promise<Installation> {
  const image = await fromImage(server, facts, lookup, key, signal);
  const compiler = server.manifest === null ? undefined : COMPILER_OF[server.manifest.language];
  if (image.spec !== null || image.isPartial || compiler === undefined) return image;
  const built = fromCompiler(server, facts, compiler, lookup.builders);
  if (built.spec === null) return image;
  return {
    ...built,
    note: `The image ${image.package} cannot be used, so it is built from its source. ${image.reason ?? ''}`.trim(),
  };
}

const isMissing = (error: unknown): boolean =>
  error instanceof UserError && (error.code === 'PACKAGE_NOT_FOUND' || error.code === 'VERSION_NOT_FOUND');

/** An index that does not answer leaves the version open, so that nothing can be deployed yet. */
function unpinned(index: IndexName, server: RepositoryServer, key: string): Installation {
  const { label, runner } = PACKAGE_INDEXES[index];
  return installation(index, server.name, [...runner, server.name], {
    reason: `${label} did not answer, so the version could not be pinned. Try again later.`,
    warnings: [
      { code: 'REGISTRY_UNREACHABLE', weight: 'CAUTION', message: `${label} did not answer.`, candidateKey: key },
    ],
    isPartial: true,
  });
}

/** The package of the manifest's name, in the index that its language publishes to. */
async function fromIndex(
  index: IndexName,
  server: RepositoryServer,
  facts: RepositoryFacts,
  { indexes, now }: Lookup,
  key: string,
  signal: AbortSignal,
): Promise<Installation> {
  const { label, runner } = PACKAGE_INDEXES[index];
  let found: PublishedPackage;
  try {
    found = await indexes[index].getPackage(server.name, null, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (isMissing(error)) return unpublished(server, facts, index, key);
    if (error instanceof UserError) return unpinned(index, server, key);
    throw error;
  }
  const { name, version, integrity } = found;
  const claims = claimsOf(found);
  const verified = claims.some((one) => leadsBackTo(`${facts.owner}/${facts.repo}`, one));
  // An index that does not list commands leaves the choice to the host, which sees the installed files
  const bins = found.bins ?? server.manifest?.bins;
  const bin = bins ? chooseBin(server.manifest?.name ?? name, bins) : undefined;
  const isRunnable = bin !== undefined || found.bins === null;
  return installation(index, name, [...runner, `${name}@${version}`], {
    version,
    integrity,
    verified,
    reason: isRunnable ? null : 'The published package has no command to run.',
    note: attestationNote(name, claims, key),
    spec: isRunnable ? publishedSpec(found, bin) : null,
    warnings: [...(verified ? [] : [stranger(name, label, facts, key)]), ...packageWarnings(found, key, now())],
  });
}

/** The manifest's name is not in the registry: it may be taken by anybody tomorrow, so only git will do. */
function unpublished(
  server: RepositoryServer,
  facts: RepositoryFacts,
  installer: IndexName,
  key: string,
): Installation {
  const { label } = PACKAGE_INDEXES[installer];
  const hasBin = Object.keys(server.manifest?.bins ?? {}).length > 0;
  const warning: AnalysisWarning = {
    code: 'NOT_PUBLISHED',
    weight: 'INFO',
    message: `${server.name} is not on ${label}; it is installed from the repository itself.`,
    candidateKey: key,
  };
  if (hasBin) return { ...fromGit(server, facts, installer), warnings: [warning] };
  return installation('source', server.name, [server.name], { verified: true, reason: NOT_DEPLOYABLE.source });
}

/** The image that the repository's documents name. */
async function fromImage(
  server: RepositoryServer,
  facts: RepositoryFacts,
  { images }: Lookup,
  key: string,
  signal: AbortSignal,
): Promise<Installation> {
  const runCommand = ['docker', 'run', '-i', '--rm', server.name];
  const reference = parseImageReference(server.name);
  if (reference === null)
    return installation('oci', server.name, runCommand, { reason: 'The name of its container image cannot be read.' });
  const name = imageName(reference);
  try {
    const { digest, config } = await images.getImage(reference, signal);
    const built = githubRepositoryOf(config.labels['org.opencontainers.image.source'] ?? '');
    const own = `${facts.owner}/${facts.repo}`.toLowerCase();
    const verified = built === own || reference.repository.toLowerCase().startsWith(`${facts.owner.toLowerCase()}/`);
    return installation('oci', name, runCommand, {
      version: reference.tag ?? digest,
      integrity: digest,
      verified,
      spec: imageSpec(reference, digest),
      warnings: verified ? [] : [stranger(name, reference.registry, facts, key)],
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    return installation('oci', name, runCommand, {
      reason: `${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`,
      isPartial: error.retryable,
    });
  }
}

/** Looks a server up where it is published. @throws errors other than UserErrors; an outage gives an installation without a version. */
export async function findInstallation(
  server: RepositoryServer,
  facts: RepositoryFacts,
  lookup: Lookup,
  key: string,
  signal: AbortSignal,
): Promise<Installation> {
  switch (server.origin) {
    case 'npm':
    case 'pypi':
      return fromIndex(server.origin, server, facts, lookup, key, signal);
    case 'git-npm':
      return fromGit(server, facts, 'npm');
    case 'git-pypi':
      return fromGit(server, facts, 'pypi');
    case 'git-go':
      return fromCompiler(server, facts, 'go', lookup.builders);
    case 'git-cargo':
      return fromCompiler(server, facts, 'cargo', lookup.builders);
    case 'oci':
      return fromImageOrCompiler(server, facts, lookup, key, signal);
    case 'source':
      return installation('source', server.name, [server.name], { verified: true, reason: NOT_DEPLOYABLE.source });
    case 'remote':
      return installation('remote', server.name, [server.name], { verified: true });
  }
}
