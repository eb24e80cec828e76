import { imageName } from '#deploy/host/images/image-reference.ts';
import type { AnalysisFailure, AnalysisResult, ServerCandidate } from '../result.ts';
import { imageText } from './image-name.ts';
import { PACKAGE_INDEXES } from './package-indexes.ts';
import type { Source } from './source.ts';

/**
 * Describes the server from the source alone, when no service could be reached; null when the source does not describe
 * it.
 */
function candidateOf(source: Source): Pick<ServerCandidate, 'runtime' | 'package' | 'version' | 'runCommand'> | null {
  switch (source.kind) {
    case 'npm':
    case 'pypi': {
      const { kind, name, version } = source;
      const runCommand = [...PACKAGE_INDEXES[kind].runner, version ? `${name}@${version}` : name].join(' ');
      return { runtime: kind, package: name, version, runCommand };
    }
    case 'image': {
      const name = imageText(source.reference);
      const runCommand = `docker run -i --rm ${name}`;
      return { runtime: 'oci', package: imageName(source.reference), version: source.reference.tag, runCommand };
    }
    case 'github': {
      const name = `${source.owner}/${source.repo}`;
      return { runtime: 'source', package: name, version: null, runCommand: name };
    }
    case 'registry':
      return { runtime: 'source', package: source.name, version: null, runCommand: source.name };
    default:
      return null;
  }
}

/** After the last try at something that was out of reach: what is known all the same, and why it cannot be deployed. */
export function unreachedResult(source: Source, failure: AnalysisFailure): AnalysisResult | null {
  const known = candidateOf(source);
  if (!known) return null;
  const candidate: ServerCandidate = {
    key: source.normalized,
    displayName: known.package,
    description: null,
    ...known,
    deployable: false,
    notDeployableReason: `${failure.message} What it needs, and which version to install, is not known. Analyze it again later.`,
    integrity: null,
    subfolder: null,
    arguments: [],
    credentials: [],
    verified: false,
    verdict: 'MCP_SERVER',
    tools: [],
    notes: null,
    spec: null,
    fixedArguments: [],
  };
  return {
    candidates: [candidate],
    warnings: [{ code: failure.code, weight: 'CAUTION', message: failure.message, candidateKey: candidate.key }],
  };
}
