import { describeServer, type MoreFindings } from './describe-server.ts';
import { detectLocalNeed } from './detectors/local-needs.ts';
import type { FileSet } from './file-set.ts';
import type { AnalysisWarning } from './model.ts';
import { chooseBin, type Described, nameWords } from './npm-candidate.ts';
import type { PypiPackage } from './registries/pypi.ts';
import { readManifests } from './repository-manifests.ts';
import { withLocalNeed } from './with-local-need.ts';

const pep503 = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** The candidate of a published PyPI package. The caller says whether it is `verified`. */
export function pypiCandidate(
  found: PypiPackage,
  files: FileSet,
  options: { verified: boolean; more?: MoreFindings },
): Described {
  const { name, version } = found;
  const manifest = readManifests(files).find((one) => one.language === 'python' && pep503(one.name) === pep503(name));
  const needs = describeServer(
    files,
    (target) =>
      target.kind === 'pypi' ? pep503(target.name) === pep503(name) : target.kind === 'local' || target.kind === 'oci',
    {
      ...options.more,
      nameWords: nameWords(name),
    },
  );
  const speaks =
    found.mcpName !== null ||
    manifest?.speaksMcp === true ||
    found.dependencies.some((one) => /^(?:mcp|fastmcp)(?=$|[[<>=~! ;])/i.test(one));
  const says = /\bmcp\b|model context protocol/i.test(`${name.replace(/[-_.]/g, ' ')} ${found.description ?? ''}`);
  const hasCommand = manifest === undefined || Object.keys(manifest.bins).length > 0;
  const verdict = !(speaks || says) ? 'NOT_MCP' : hasCommand ? 'MCP_SERVER' : 'LIBRARY';
  const deployable = verdict === 'MCP_SERVER';
  const bin = manifest ? chooseBin(manifest.name, manifest.bins) : undefined;
  const key = `pypi:${pep503(name)}`;
  const warnings: AnalysisWarning[] = [];
  if (found.isYanked)
    warnings.push({
      code: 'YANKED',
      weight: 'CAUTION',
      message: `Its author has withdrawn version ${version} of ${name}.`,
      candidateKey: key,
    });
  const need = detectLocalNeed({ name, description: found.description, platforms: [], files });
  const described: Described = {
    candidate: {
      key,
      displayName: name,
      description: found.description,
      runtime: 'PYPI',
      deployable,
      notDeployableReason: deployable
        ? null
        : verdict === 'LIBRARY'
          ? 'This package is a library for building MCP servers or clients: it has no command to run.'
          : 'Nothing in this package speaks MCP.',
      package: name,
      version,
      integrity: found.sdist?.sha256 ? `sha256-${Buffer.from(found.sdist.sha256, 'hex').toString('base64')}` : null,
      subfolder: null,
      runCommand: ['uvx', `${name}@${version}`, ...needs.fixedArguments].join(' '),
      arguments: needs.arguments,
      credentials: needs.credentials,
      verified: options.verified,
      verdict,
      tools: needs.tools,
      notes: null,
      spec: deployable ? { runtime: 'pypi', name, version, ...(bin ? { bin } : {}) } : null,
      fixedArguments: needs.fixedArguments,
    },
    warnings,
    readme: found.readme,
  };
  return withLocalNeed(described, need);
}
