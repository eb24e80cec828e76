import type { ImageReference } from '#deploy/host/images/image-reference.ts';
import type { HttpServing } from '#deploy/host/package-spec.ts';
import { UserError } from '../../errors.ts';
import { type Analyzed, analyzedFrom, type Run } from '../context.ts';
import { imageServing } from '../detect/image-serving.ts';
import { githubRepositoryOf } from '../registries/github-repository.ts';
import type { RepositoryServer } from '../repository/read-repository.ts';
import type { ArgumentField, CredentialField, Described } from '../result.ts';
import type { PackageOutcome } from './analyze-package.ts';
import { type ImageFacts, imageCandidate, sourceLabel } from './image-candidate.ts';
import { servedOver } from './package-spec.ts';

/** The only server of the repository that the image's label names; null where there is none, or GitHub cannot be read. */
async function serverIn(run: Run, repository: string): Promise<RepositoryServer | null> {
  const { tools, report, signal } = run;
  const [owner = '', repo = ''] = repository.split('/');
  try {
    await report('COLLECT', 'RUNNING', `Reading ${repository}, from which the image was built.`);
    const { files } = await tools.github.readRepository({ owner, repo, ref: null, treePath: null }, signal);
    await report('COLLECT', 'DONE', `${files.files.length} files read.`);
    const { servers } = await tools.detector.readRepository(signal, { owner, repo, files, subfolder: null });
    return servers.length === 1 ? (servers[0] ?? null) : null;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    // the label may be wrong, or the repository private: the image runs all the same
    await report('COLLECT', 'SKIPPED', `${repository} cannot be read: the form comes from the image alone.`);
    return null;
  }
}

const named = <Field extends { name: string }>(first: readonly Field[], others: readonly Field[]): Field[] => {
  const known = new Set(first.map(({ name }) => name));
  return [...first, ...others.filter(({ name }) => !known.has(name))];
};

/** Fields of the repository stand before those of the image, which know a name and a value alone. */
function withServer(
  described: Described,
  { needs, description, readme, displayName }: RepositoryServer,
  http: HttpServing | null,
): Described {
  const { candidate } = described;
  return {
    ...described,
    candidate: {
      ...candidate,
      description: candidate.description ?? description,
      displayName: candidate.displayName || displayName,
      credentials: named<CredentialField>(needs.credentials, candidate.credentials),
      arguments: named<ArgumentField>(candidate.arguments, needs.arguments),
      spec: candidate.spec && servedOver(candidate.spec, http),
      tools: needs.tools,
    },
    readme,
  };
}

/**
 * Describes a container image. Its configuration gives the program and its variables; the repository that its label names
 * gives the rest of the form.
 */
export async function describeImage(
  run: Run,
  reference: ImageReference,
  facts: Omit<ImageFacts, 'verified'> & { home?: string | null },
): Promise<PackageOutcome> {
  const { tools, report, signal } = run;
  await report('RESOLVE', 'RUNNING', `Reading ${reference.repository} from ${reference.registry}.`);
  const image = await tools.images.getImage(reference, signal);
  await report('RESOLVE', 'DONE', `${image.digest.slice(0, 19)} for linux/amd64.`);
  const built = githubRepositoryOf(sourceLabel(image.config) ?? '');
  const { home = null, ...findings } = facts;
  const verified = home === null || built?.toLowerCase() === home.toLowerCase();
  const described = imageCandidate(image, { ...findings, verified });
  const server = built === null ? null : await serverIn(run, built);
  if (server === null) return { described, isPartial: false };
  const http = imageServing(image.config, facts.serving ?? {}, server.needs.http);
  return { described: withServer(described, server, http), isPartial: false };
}

export async function analyzeImage(run: Run, reference: ImageReference): Promise<Analyzed> {
  const { described, isPartial } = await describeImage(run, reference, {});
  return { ...analyzedFrom([described]), isPartial };
}
