import { UserError } from '../../errors.ts';
import { type Analyzed, analyzedFrom, type Run } from '../context.ts';
import type { RepositoryAddress } from '../registries/github.ts';
import type { AnalysisWarning } from '../result.ts';
import { throughRegistries } from './find-in-registries.ts';
import { candidatesOfRepository } from './repository-candidates.ts';

const isOutage = (error: unknown): error is UserError =>
  error instanceof UserError && (error.code === 'GITHUB_UNREACHABLE' || error.code === 'GITHUB_RATE_LIMITED');

/** A GitHub repository; through the registries alone where GitHub cannot be asked. */
export async function analyzeGitHub(run: Run, address: RepositoryAddress): Promise<Analyzed> {
  const { tools, report, signal } = run;
  await report('RESOLVE', 'RUNNING', `Reading ${address.owner}/${address.repo} from GitHub.`);
  try {
    const { files, ...facts } = await tools.github.readRepository(address, signal);
    await report('RESOLVE', 'DONE', `${facts.owner}/${facts.repo} at ${facts.commit.slice(0, 12)}.`);
    await report('COLLECT', 'DONE', `${files.files.length} files read.`);
    await report('DETECT', 'RUNNING', 'Looking for servers, arguments and credentials.');
    const { owner, repo, subfolder } = facts;
    const reading = await tools.detector.readRepository(signal, { owner, repo, files, subfolder });
    await report('VERIFY', 'RUNNING', 'Checking that the packages lead back to the repository.');
    const { described, isPartial } = await candidatesOfRepository(reading, facts, tools, signal);
    const warnings: AnalysisWarning[] = [
      ...(facts.isArchived
        ? [
            {
              code: 'ARCHIVED',
              weight: 'CAUTION' as const,
              message: 'The repository is archived and no longer maintained.',
            },
          ]
        : []),
      ...(files.truncated
        ? [
            {
              code: 'REPOSITORY_CUT_SHORT',
              weight: 'INFO' as const,
              message: 'Not every file of the repository was read: a setting or a server may be missing here.',
            },
          ]
        : []),
      ...reading.contradictions.map((message) => ({ code: 'CONTRADICTION', weight: 'INFO' as const, message })),
    ];
    return { ...analyzedFrom(described, warnings), isPartial };
  } catch (error) {
    if (!isOutage(error)) throw error;
    return throughRegistries(run, address, error);
  }
}
