import { describeServer } from '../detect/describe-server.ts';
import { binsOf, chooseBin, nameWords, readmeOf } from '../detect/package-facts.ts';
import type { Archive } from '../files/archive.ts';
import type { Described } from '../result.ts';
import { builtNamesWarning } from './built-names-warning.ts';
import { candidateBase, type NodePackage, ownTarget } from './node-package.ts';
import { archiveSpec, servedOver } from './package-spec.ts';

/** The candidate of a folder or tarball on this computer. */
export function archiveCandidate(archive: Archive): Described {
  const { manifest, files, integrity } = archive;
  const bins = binsOf(manifest.name, manifest.bin);
  const bin = chooseBin(manifest.name, bins);
  const facts: NodePackage = {
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
  const common = candidateBase(key, manifest.name, facts, description);
  return {
    candidate: {
      ...common,
      // a script may speak MCP without a library: the handshake decides
      verdict: 'MCP_SERVER',
      deployable: isBuilt,
      notDeployableReason: isBuilt
        ? null
        : `${target ?? 'The file that starts the server'} is not there. Build the server first, usually with npm run build, then paste the folder again.`,
      runtime: 'npm',
      package: manifest.name,
      version: manifest.version,
      integrity,
      runCommand: [bin ?? manifest.name, ...description.fixedArguments].join(' '),
      verified: true,
      spec: isBuilt ? servedOver(archiveSpec(archive, bin), description.http) : null,
    },
    warnings: builtNamesWarning(description.builtNames, key),
    readme: readmeOf(files),
  };
}
