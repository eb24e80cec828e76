import type { PackageSpec } from '#deploy/host/contract.ts';
import { UserError } from '../../errors.ts';
import { chooseBin } from '../detect/package-facts.ts';
import type { GitHubRepository } from '../registries/github.ts';
import type { NpmPackage, NpmRegistry } from '../registries/npm.ts';
import { type Pypi, type PypiPackage, pypiSpec } from '../registries/pypi.ts';
import type { RepositoryServer } from '../repository/read-repository.ts';
import type { AnalysisWarning, Runtime } from '../result.ts';
import { leadsBackTo, originFindings } from './package-origin.ts';
import { claimsOf, npmWarnings, pypiWarnings } from './package-warnings.ts';
import { claimsOfPypi, integrityOf } from './pypi-candidate.ts';

/** The registries in which the packages of a repository are looked up. */
export type Registries = { npm: NpmRegistry; pypi: Pypi; now: () => Date };

/** A repository as GitHub describes it, without its files. */
export type RepositoryFacts = Omit<GitHubRepository, 'files'>;
export const NOT_DEPLOYABLE = {
  oci: 'This server comes as a container image, which Catwalk does not run yet. Look whether it is on npm or PyPI, too.',
  source:
    'This server has to be built from its source, and Catwalk cannot do that yet. Build it, then run it with: catwalk host -- COMMAND.',
  remote: 'This server already runs elsewhere. Give its address to your MCP client; it needs no deployment.',
} as const;

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
function fromGit(server: RepositoryServer, facts: RepositoryFacts, installer: 'npm' | 'pypi'): Installation {
  const { owner, repo, commit } = facts;
  const url = `https://github.com/${owner}/${repo}.git`;
  const bin = server.manifest ? chooseBin(server.manifest.name, server.manifest.bins) : undefined;
  // npm installs a repository's root only; uv knows #subdirectory
  const isNested = installer === 'npm' && server.subfolder !== null;
  const name = `${owner}/${repo}`;
  const runCommand =
    installer === 'npm'
      ? ['npx', '-y', `github:${name}#${commit.slice(0, 12)}`]
      : [
          'uvx',
          '--from',
          `git+${url}@${commit.slice(0, 12)}${server.subfolder ? `#subdirectory=${server.subfolder}` : ''}`,
          bin ?? server.name,
        ];
  return installation('git', name, runCommand, {
    version: commit,
    verified: true,
    reason: isNested ? NOT_DEPLOYABLE.source : null,
    spec: isNested
      ? null
      : {
          runtime: 'git',
          installer,
          url,
          commit,
          ...(server.subfolder ? { subfolder: server.subfolder } : {}),
          ...(bin ? { bin } : {}),
        },
  });
}

const isMissing = (error: unknown): boolean =>
  error instanceof UserError && (error.code === 'PACKAGE_NOT_FOUND' || error.code === 'VERSION_NOT_FOUND');

const unknownPackage = (runtime: Runtime, server: RepositoryServer, where: string, key: string): Installation =>
  installation(runtime, server.name, [runtime === 'npm' ? 'npx' : 'uvx', server.name], {
    reason: `${where} did not answer, so the version could not be pinned. Try again later.`,
    warnings: [
      { code: 'REGISTRY_UNREACHABLE', weight: 'CAUTION', message: `${where} did not answer.`, candidateKey: key },
    ],
    isPartial: true,
  });

async function onNpm(
  server: RepositoryServer,
  facts: RepositoryFacts,
  registries: Registries,
  key: string,
  signal: AbortSignal,
): Promise<Installation> {
  let found: NpmPackage;
  try {
    found = await registries.npm.getPackage(server.name, null, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (isMissing(error)) return unpublished(server, facts, 'npm', key);
    if (error instanceof UserError) return unknownPackage('npm', server, 'The npm registry', key);
    throw error;
  }
  const { name, version, integrity, bins } = found;
  const verified = leadsBackTo(`${facts.owner}/${facts.repo}`, claimsOf(found));
  const bin = chooseBin(name, bins);
  const isRunnable = bin !== undefined;
  return installation('npm', name, ['npx', '-y', `${name}@${version}`], {
    version,
    integrity,
    verified,
    reason: isRunnable ? null : 'The published package has no command to run.',
    note: originFindings(name, claimsOf(found), key).note,
    spec: isRunnable ? { runtime: 'npm', name, version, bin, ...(integrity ? { integrity } : {}) } : null,
    warnings: [...(verified ? [] : [stranger(name, 'npm', facts, key)]), ...npmWarnings(found, key, registries.now())],
  });
}

async function onPypi(
  server: RepositoryServer,
  facts: RepositoryFacts,
  registries: Registries,
  key: string,
  signal: AbortSignal,
): Promise<Installation> {
  let found: PypiPackage;
  try {
    found = await registries.pypi.getPackage(server.name, null, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (isMissing(error)) return unpublished(server, facts, 'pypi', key);
    if (error instanceof UserError) return unknownPackage('pypi', server, 'PyPI', key);
    throw error;
  }
  const { name, version } = found;
  const verified = claimsOfPypi(found).some((claims) => leadsBackTo(`${facts.owner}/${facts.repo}`, claims));
  const bin = server.manifest ? chooseBin(server.manifest.name, server.manifest.bins) : undefined;
  return installation('pypi', name, ['uvx', `${name}@${version}`], {
    version,
    integrity: integrityOf(found),
    verified,
    spec: pypiSpec(found, bin),
    warnings: [
      ...(verified ? [] : [stranger(name, 'PyPI', facts, key)]),
      ...pypiWarnings(found, key, registries.now()),
    ],
  });
}

/** The manifest's name is not in the registry: it may be taken by anybody tomorrow, so only git will do. */
function unpublished(
  server: RepositoryServer,
  facts: RepositoryFacts,
  installer: 'npm' | 'pypi',
  key: string,
): Installation {
  const where = installer === 'npm' ? 'npm' : 'PyPI';
  const hasBin = Object.keys(server.manifest?.bins ?? {}).length > 0;
  const warning: AnalysisWarning = {
    code: 'NOT_PUBLISHED',
    weight: 'INFO',
    message: `${server.name} is not on ${where}; it is installed from the repository itself.`,
    candidateKey: key,
  };
  if (hasBin) return { ...fromGit(server, facts, installer), warnings: [warning] };
  return installation('source', server.name, [server.name], { verified: true, reason: NOT_DEPLOYABLE.source });
}

/** Looks a server up where it is published. @throws errors other than UserErrors; an outage gives an installation without a version. */
export async function findInstallation(
  server: RepositoryServer,
  facts: RepositoryFacts,
  registries: Registries,
  key: string,
  signal: AbortSignal,
): Promise<Installation> {
  switch (server.origin) {
    case 'npm':
      return onNpm(server, facts, registries, key, signal);
    case 'pypi':
      return onPypi(server, facts, registries, key, signal);
    case 'git-npm':
      return fromGit(server, facts, 'npm');
    case 'git-pypi':
      return fromGit(server, facts, 'pypi');
    case 'oci':
      return installation('oci', server.name, ['docker', 'run', '-i', '--rm', server.name], {
        verified: true,
        reason: NOT_DEPLOYABLE.oci,
      });
    case 'source':
      return installation('source', server.name, [server.name], { verified: true, reason: NOT_DEPLOYABLE.source });
    case 'remote':
      return installation('remote', server.name, [server.name], { verified: true, reason: NOT_DEPLOYABLE.remote });
  }
}
