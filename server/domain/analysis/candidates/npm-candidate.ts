import { describeServer } from '../detect/describe-server.ts';
import { detectLocalNeed } from '../detect/local-needs.ts';
import { binsOf, chooseBin, MCP_DEPENDENCIES, nameWords, readmeOf } from '../detect/package-facts.ts';
import type { Archive } from '../files/archive.ts';
import type { FileSet } from '../files/file-set.ts';
import type { NpmPackage } from '../registries/npm.ts';
import type { ServerCandidate, Verdict } from '../result.ts';
import type { LaunchTarget } from '../source/launch.ts';
import type { Described } from './described.ts';
import { asLaunched, type CandidateOptions, unconfirmedWarning } from './launched-package.ts';
import { originFindings } from './package-origin.ts';
import { claimsOf, npmWarnings } from './package-warnings.ts';
import { withLocalNeed } from './with-local-need.ts';

type Facts = {
  name: string;
  description: string | null;
  bins: Record<string, string>;
  dependencies: string[];
  keywords: string[];
  mcpName: string | null;
  files: FileSet;
};

/** Whether a package is an MCP server, something that MCP servers are made of, or neither. */
export function verdictOf({ name, description, bins, dependencies, keywords, mcpName, files }: Facts): Verdict {
  const speaks =
    dependencies.some((dependency) => MCP_DEPENDENCIES.test(dependency)) ||
    files.files.some(
      (file) =>
        /\.[cm]?js$/.test(file.path) && /StdioServerTransport|serveStdio|fastmcp|"tools\/list"/i.test(file.text),
    );
  const says =
    mcpName !== null ||
    /\bmcp\b/i.test(`${name.replace(/[-_/@.]/g, ' ')} ${keywords.join(' ')} ${description ?? ''}`) ||
    /model context protocol/i.test(description ?? '');
  if (Object.keys(bins).length === 0) return speaks || says ? 'LIBRARY' : 'NOT_MCP';
  return speaks || says ? 'MCP_SERVER' : 'NOT_MCP';
}

const REASONS: Partial<Record<Verdict, string>> = {
  LIBRARY:
    'This package is a library for building MCP servers or clients, and has no command to run. Paste a server that uses it.',
  NOT_MCP:
    'This package does not look like an MCP server. If it is one, paste the command that starts it, such as npx -y name.',
};

const ownTarget =
  (name: string, bins: Record<string, string>) =>
  (target: LaunchTarget): boolean => {
    if (target.kind === 'npm') return target.name === name;
    if (target.kind === 'local')
      return Object.keys(bins).includes(target.command) || /(?:^|[/\\])(?:node|bun|tsx)$/.test(target.command);
    return target.kind === 'oci'; // the same server in a container takes the same variables
  };

const base = (key: string, name: string, facts: Facts, description: ReturnType<typeof describeServer>) => {
  const verdict = verdictOf(facts);
  return {
    key,
    displayName: name,
    description: facts.description,
    subfolder: null,
    arguments: description.arguments,
    credentials: description.credentials,
    fixedArguments: description.fixedArguments,
    verdict,
    deployable: verdict === 'MCP_SERVER',
    notDeployableReason: REASONS[verdict] ?? null,
    tools: description.tools,
    notes: null,
  };
};

/** The candidate of a published npm package. The caller says whether it is `verified`. */
export function npmCandidate(found: NpmPackage, files: FileSet, options: CandidateOptions): Described {
  const { name, version, integrity, bins } = found;
  const facts: Facts = { ...found, files };
  const { launched } = options;
  const bin = launched?.bin ?? chooseBin(name, bins);
  const description = describeServer(files, ownTarget(name, bins), {
    ...options.more,
    nameWords: nameWords(name),
    entry: bin === undefined ? undefined : bins[bin],
  });
  const key = `npm:${name}`;
  const common = asLaunched(base(key, name, facts, description), launched, bins);
  const origin = originFindings(name, claimsOf(found), key);
  const candidate: ServerCandidate = {
    ...common,
    notes: origin.note,
    runtime: 'NPM',
    package: name,
    version,
    integrity,
    runCommand: ['npx', '-y', `${name}@${version}`, ...description.fixedArguments].join(' '),
    verified: options.verified,
    spec: common.deployable
      ? { runtime: 'npm', name, version, ...(integrity ? { integrity } : {}), ...(bin ? { bin } : {}) }
      : null,
  };
  const need = detectLocalNeed({ name, description: found.description, platforms: found.platforms, files });
  const warnings = [...unconfirmedWarning(candidate), ...npmWarnings(found, key, options.now)];
  return withLocalNeed({ candidate, warnings, readme: readmeOf(files) }, need);
}

/** The candidate of a folder or tarball on this computer. */
export function archiveCandidate(archive: Archive): Described {
  const { manifest, files, integrity, path } = archive;
  const bins = binsOf(manifest.name, manifest.bin);
  const bin = chooseBin(manifest.name, bins);
  const facts: Facts = {
    name: manifest.name,
    description: manifest.description ?? null,
    bins,
    dependencies: Object.keys(manifest.dependencies ?? {}),
    keywords: [],
    mcpName: null,
    files,
  };
  const description = describeServer(files, ownTarget(manifest.name, bins), {
    nameWords: nameWords(manifest.name),
    entry: bin === undefined ? undefined : bins[bin],
  });
  const key = `archive:${manifest.name}`;
  const target = bin === undefined ? undefined : bins[bin]?.replace(/^\.\//, '');
  const isBuilt = target !== undefined && files.paths.includes(target);
  const common = base(key, manifest.name, facts, description);
  return {
    candidate: {
      ...common,
      // a script may speak MCP by hand; the handshake will tell
      verdict: 'MCP_SERVER',
      deployable: isBuilt,
      notDeployableReason: isBuilt
        ? null
        : `${target ?? 'The file that starts the server'} is not there. Build the server first, usually with npm run build, then paste the folder again.`,
      runtime: 'NPM',
      package: manifest.name,
      version: manifest.version,
      integrity,
      runCommand: [bin ?? manifest.name, ...description.fixedArguments].join(' '),
      verified: true,
      spec: isBuilt ? { runtime: 'archive', path, integrity, ...(bin ? { bin } : {}) } : null,
    },
    warnings: [],
    readme: readmeOf(files),
  };
}
