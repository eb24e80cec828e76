import type { CandidateOptions } from '../context.ts';
import { describeServer } from '../detect/describe-server.ts';
import { detectLocalNeed } from '../detect/local-needs.ts';
import { chooseBin, nameWords } from '../detect/package-facts.ts';
import type { FileSet } from '../files/file-set.ts';
import type { PypiPackage } from '../registries/pypi.ts';
import { readManifests } from '../repository/manifests.ts';
import type { Described, ServerCandidate, Verdict } from '../result.ts';
import { PACKAGE_INDEXES } from '../source/package-indexes.ts';
import { builtNamesWarning } from './built-names-warning.ts';
import type { Ecosystem } from './ecosystem.ts';
import { asLaunched, unconfirmedWarning, withoutForm } from './launched-package.ts';
import type { OriginClaims } from './package-origin.ts';
import { publishedSpec, servedOver } from './package-spec.ts';
import { pypiWarnings } from './package-warnings.ts';
import { withLocalNeed } from './with-local-need.ts';

const pep503 = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

const REASONS: Partial<Record<Verdict, string>> = {
  LIBRARY: 'This package is a library for building MCP servers or clients, and has no command to run.',
  NOT_MCP:
    'This package does not look like an MCP server. If it is one, paste the command that starts it, such as uvx name.',
};

/** PyPI names its attestations by publisher, so that its projects have none here. */
const claimsOf = ({ urls, mcpName }: PypiPackage): OriginClaims[] => [
  ...urls.map((url) => ({ repository: url, mcpName: null, builtFrom: null })),
  { repository: null, mcpName, builtFrom: null },
];

/** The candidate of a published PyPI package. */
export function pypiCandidate(found: PypiPackage, files: FileSet, options: CandidateOptions): Described {
  const { name, version } = found;
  const manifest = readManifests(files).find((one) => one.language === 'python' && pep503(one.name) === pep503(name));
  const needs = describeServer(
    files,
    (target) =>
      target.kind === 'pypi' ? pep503(target.name) === pep503(name) : target.kind === 'local' || target.kind === 'oci',
    {
      ...options.more,
      nameWords: nameWords(name),
      entry: manifest?.bins[options.launched?.bin ?? chooseBin(manifest.name, manifest.bins) ?? ''],
    },
  );
  const speaks =
    found.mcpName !== null ||
    manifest?.speaksMcp === true ||
    found.dependencies.some((one) => /^(?:mcp|fastmcp)(?=$|[[<>=~! ;])/i.test(one));
  const says = /\bmcp\b|model context protocol/i.test(`${name.replace(/[-_.]/g, ' ')} ${found.description ?? ''}`);
  const hasCommand = manifest === undefined || Object.keys(manifest.bins).length > 0;
  const verdict: Verdict = !(speaks || says) ? 'NOT_MCP' : hasCommand ? 'MCP_SERVER' : 'LIBRARY';
  const { deployable, notDeployableReason } = asLaunched(
    {
      verdict,
      deployable: verdict === 'MCP_SERVER',
      notDeployableReason: REASONS[verdict] ?? null,
      displayName: name,
    },
    options.launched,
    // uvx also runs commands that setup.py or a dependency declares
    null,
  );
  const bin = options.launched?.bin ?? (manifest ? chooseBin(manifest.name, manifest.bins) : undefined);
  const key = `pypi:${pep503(name)}`;
  const need = detectLocalNeed({ name, description: found.description, platforms: [], files });
  const candidate: ServerCandidate = withoutForm({
    key,
    displayName: name,
    description: found.description,
    runtime: 'pypi',
    deployable,
    notDeployableReason,
    package: name,
    version,
    integrity: found.integrity,
    subfolder: null,
    runCommand: [...PACKAGE_INDEXES.pypi.runner, `${name}@${version}`, ...needs.fixedArguments].join(' '),
    arguments: needs.arguments,
    credentials: needs.credentials,
    verified: options.verified,
    verdict,
    tools: needs.tools,
    notes: null,
    spec: deployable ? servedOver(publishedSpec(found, bin), needs.http) : null,
    fixedArguments: needs.fixedArguments,
  });
  const warnings = [
    ...unconfirmedWarning(candidate),
    ...builtNamesWarning(needs.builtNames, key),
    ...pypiWarnings(found, key, options.now),
  ];
  return withLocalNeed({ candidate, warnings, readme: found.readme }, need);
}

export const pypi: Ecosystem<PypiPackage> = { claimsOf, warningsOf: pypiWarnings, candidateOf: pypiCandidate };
