import { UserError } from '../errors.ts';
import { describeNpm } from './analyse-package.ts';
import { analyseDocument } from './analyse-registry.ts';
import type { AnalysisWarning } from './model.ts';
import { githubRepositoryOf } from './npm-candidate.ts';
import type { GitHubPlace } from './registries/github.ts';
import type { NpmPackage } from './registries/npm.ts';
import { readRepository } from './repository.ts';
import { candidatesOfRepository } from './repository-candidates.ts';
import { type Analysed, analysedFrom, type Run } from './run.ts';

const isOutage = (error: unknown): error is UserError =>
  error instanceof UserError && (error.code === 'GITHUB_UNREACHABLE' || error.code === 'GITHUB_RATE_LIMITED');

/** A GitHub repository; through the registries alone where GitHub cannot be asked. */
export async function analyseGitHub(run: Run, place: GitHubPlace): Promise<Analysed> {
  const { tools, report, signal } = run;
  await report('RESOLVE', 'RUNNING', `Asking GitHub for ${place.owner}/${place.repo}.`);
  try {
    const { files, ...facts } = await tools.github.readRepository(place, signal);
    await report('RESOLVE', 'DONE', `${facts.owner}/${facts.repo} at ${facts.commit.slice(0, 12)}.`);
    await report('COLLECT', 'DONE', `${files.files.length} files read.`);
    await report('DETECT', 'RUNNING', 'Looking for servers, arguments and credentials.');
    const reading = readRepository({ owner: facts.owner, repo: facts.repo, files, subfolder: facts.subfolder });
    await report('VERIFY', 'RUNNING', 'Checking that the packages lead back to the repository.');
    const { described, isPartial } = await candidatesOfRepository(reading, facts, tools, signal);
    const warnings: AnalysisWarning[] = [
      ...(facts.isArchived
        ? [
            {
              code: 'ARCHIVED',
              weight: 'CAUTION' as const,
              message: 'The repository is archived: nobody maintains it.',
            },
          ]
        : []),
      ...reading.contradictions.map((message) => ({ code: 'CONTRADICTION', weight: 'INFO' as const, message })),
    ];
    return { ...analysedFrom(described, warnings), isPartial };
  } catch (error) {
    if (!isOutage(error)) throw error;
    return throughRegistries(run, place, error);
  }
}

/** At most three names that follow from the address. */
function namesFrom({ owner, repo }: GitHubPlace): string[] {
  const name = repo.toLowerCase();
  const bare = name.replace(/-server$/, '');
  return [...new Set([name, `@${owner.toLowerCase()}/${name}`, bare])].slice(0, 3);
}

/** Only what says itself that it comes from there. */
async function findOnNpm({ tools, signal }: Run, place: GitHubPlace): Promise<NpmPackage | null> {
  const home = `${place.owner}/${place.repo}`.toLowerCase();
  for (const name of namesFrom(place)) {
    try {
      const found = await tools.npm.getPackage(name, null, signal);
      if (found.repository && githubRepositoryOf(found.repository.url) === home) return found;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UserError)) throw error; // not there, or npm is away too: the next name, then the outage is told
    }
  }
  return null;
}

async function throughRegistries(run: Run, place: GitHubPlace, outage: UserError): Promise<Analysed> {
  const { tools, report, signal } = run;
  await report('RESOLVE', 'RUNNING', `${outage.message} Asking the registries instead.`);
  const warning: AnalysisWarning = {
    code: outage.code,
    weight: 'CAUTION',
    message: `${outage.message} What you see comes from the registries alone; other servers of the repository may be missing.`,
  };
  const [documents, found] = await Promise.all([
    tools.registry.findByRepository(place.owner, place.repo, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (!(error instanceof UserError)) throw error;
      return []; // one outage has been told already
    }),
    findOnNpm(run, place),
  ]);
  const [document] = documents;
  if (document) {
    const { result, readmes } = await analyseDocument(run, document);
    return { readmes, result: { ...result, warnings: [warning, ...result.warnings] }, isPartial: true };
  }
  if (!found) throw outage;
  await report('RESOLVE', 'DONE', `${found.name} ${found.version} on npm says that it comes from this repository.`);
  const { described } = await describeNpm(run, found, { isMeant: () => true });
  return { ...analysedFrom([described], [warning]), isPartial: true };
}
