import { parseImageReference } from '#deploy/host/images/image-reference.ts';
import { UserError } from '../../errors.ts';
import { type Analyzed, analyzedFrom, type Run } from '../context.ts';
import type { DeclaredPackage, ServerDocument } from '../detect/manifests/server-json.ts';
import { importBundle } from '../files/bundle.ts';
import { githubRepositoryOf } from '../registries/github-repository.ts';
import type { Described } from '../result.ts';
import { isIndexName } from '../source/package-indexes.ts';
import { describeImage } from './analyze-image.ts';
import { analyzePackage, type PackageOutcome } from './analyze-package.ts';
import { bundleCandidate } from './bundle-candidate.ts';
import { leadsBackTo, type OriginClaims } from './package-origin.ts';
import { remoteCandidate } from './remote-candidate.ts';

const overStdio = ({ transport }: DeclaredPackage): boolean => transport === null || transport === 'stdio';

/** An image of a registry entry: what it declares for the server itself, not for the engine that would run it. */
async function ofImage(run: Run, declared: DeclaredPackage, home: string | null): Promise<PackageOutcome> {
  const { identifier, version } = declared;
  const named = parseImageReference(identifier);
  if (named === null)
    throw new UserError('NOT_DEPLOYABLE', `The registry’s entry names an image that cannot be read: ${identifier}.`, {
      kind: 'invalid-input',
    });
  const hasVersion = /[@:][^/]{1,200}$/.test(identifier);
  const reference = hasVersion || version === null ? named : (parseImageReference(`${identifier}:${version}`) ?? named);
  const { env, arguments: words, fixed } = declared;
  return describeImage(run, reference, {
    ...{ env, arguments: words, fixed, home },
    serving: {
      declaresHttp: !overStdio(declared),
      launch: { hasInput: overStdio(declared), args: fixed, entrypoint: null, values: {} },
    },
  });
}

/** A package of a registry entry. The entry's version may be old: the newest is what runs. */
async function ofPackage(
  run: Run,
  document: ServerDocument,
  declared: DeclaredPackage,
): Promise<PackageOutcome | null> {
  const home = githubRepositoryOf(document.repository?.url ?? '');
  const options = {
    more: {
      env: declared.env,
      arguments: declared.arguments,
      fixed: declared.fixed,
      http: overStdio(declared) ? null : { by: 'TRANSPORT' as const },
    },
    // the registry checked who owns the name; the package itself should say the same
    isMeant: (claims: readonly OriginClaims[]) => home === null || claims.some((one) => leadsBackTo(home, one)),
  };
  if (isIndexName(declared.type)) return analyzePackage(run, declared.type, declared.identifier, null, options);
  if (declared.type === 'mcpb') {
    const bundle = await importBundle({ url: declared.identifier }, run.tools, run.signal);
    return { described: bundleCandidate(bundle, declared.identifier), isPartial: false };
  }
  if (declared.type === 'oci') return ofImage(run, declared, home);
  return null;
}

/** The servers of a registry's entry: its packages, or the addresses it runs at. */
export async function analyzeDocument(run: Run, document: ServerDocument): Promise<Analyzed> {
  const described: Described[] = [];
  let isPartial = false;
  let failure: UserError | null = null;
  for (const declared of document.packages) {
    // the same package over stdio is the plainer way
    const isDouble = document.packages.some(
      (one) => one.type === declared.type && one.identifier === declared.identifier && overStdio(one),
    );
    if (isDouble && !overStdio(declared)) continue;
    try {
      const outcome = await ofPackage(run, document, declared);
      if (!outcome) continue;
      isPartial ||= outcome.isPartial;
      const { candidate, warnings } = outcome.described;
      const unverified = candidate.verified
        ? []
        : [
            {
              code: 'UNVERIFIED_PACKAGE',
              weight: 'CONFIRM' as const,
              message: `${candidate.package} does not say that it comes from the repository that the registry names.`,
              candidateKey: candidate.key,
            },
          ];
      described.push({
        ...outcome.described,
        candidate: {
          ...candidate,
          displayName: document.title ?? candidate.displayName,
          description: candidate.description ?? document.description,
        },
        warnings: [...unverified, ...warnings],
      });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failure ??= error;
      isPartial = true;
    }
  }
  if (described.length === 0 && failure) throw failure;
  if (described.length === 0) {
    for (const remote of document.remotes)
      described.push(
        remoteCandidate({
          ...remote,
          name: document.title ?? document.name ?? remote.url,
          description: document.description,
          evidence: 'REGISTRY',
        }),
      );
  }
  if (described.length === 0) {
    throw new UserError('NOT_DEPLOYABLE', 'The registry’s entry names no package that Catwalk can install.', {
      hint: 'Look whether the server is on npm or PyPI, and paste its name there.',
    });
  }
  return {
    ...analyzedFrom(described.sort((a, b) => Number(b.candidate.deployable) - Number(a.candidate.deployable))),
    isPartial,
  };
}

/** @throws UserError NOT_FOUND, REGISTRY_UNREACHABLE, NOT_DEPLOYABLE. */
export async function analyzeRegistryName(run: Run, name: string): Promise<Analyzed> {
  await run.report('RESOLVE', 'RUNNING', `Looking up ${name} in the MCP registry.`);
  return analyzeDocument(run, await run.tools.registry.getServer(name, run.signal));
}
