import hostedGitInfo from 'hosted-git-info';
import { UserError } from '../../errors.ts';
import { type Analyzed, analyzedFrom, type Run } from '../context.ts';
import { findingsOfSnippet } from '../detect/describe-server.ts';
import type { OwnLaunch } from '../detect/readme/launch-arguments.ts';
import type { AnalysisWarning } from '../result.ts';
import { type Launch, type LaunchTarget, targetOf } from '../source/launch.ts';
import { analyzeNpm, analyzePypi } from './analyze-package.ts';
import { analyzeGitHub } from './analyze-repository.ts';
import type { Described } from './described.ts';
import { unsupportedCandidate } from './unsupported-candidate.ts';

type Outcome = { described: Described[]; isPartial: boolean };

async function ofTarget(run: Run, launch: Launch, target: LaunchTarget | null, name: string): Promise<Outcome> {
  const only = (described: Described): Outcome => ({ described: [described], isPartial: false });
  switch (target?.kind) {
    case 'npm':
    case 'pypi': {
      const own: OwnLaunch = { launch, target, file: '', line: 1, headings: [] };
      const more = { env: findingsOfSnippet([own]), launches: [own] };
      const { described, isPartial } = await (target.kind === 'npm' ? analyzeNpm : analyzePypi)(
        run,
        target.name,
        target.version,
        { more },
      );
      return { described: [described], isPartial };
    }
    case 'git': {
      const hosted = hostedGitInfo.fromUrl(target.spec);
      if (hosted?.type !== 'github') return only(unsupportedCandidate('local', name, target.spec));
      const { result, isPartial } = await analyzeGitHub(run, {
        owner: hosted.user,
        repo: hosted.project,
        ref: hosted.committish || null,
        treePath: null,
      });
      return {
        described: result.candidates.map((candidate) => ({
          candidate,
          warnings: result.warnings.filter((one) => one.candidateKey === candidate.key),
        })),
        isPartial,
      };
    }
    case 'remote':
      return only(unsupportedCandidate('remote', name, target.url));
    case 'oci':
      return only(unsupportedCandidate('oci', name, target.image));
    default:
      return only(unsupportedCandidate('local', name, launch.command ?? name));
  }
}

/** The servers of a pasted block, each on its own: one that fails becomes a warning beside the others. */
export async function analyzeSnippet(run: Run, launches: readonly Launch[]): Promise<Analyzed> {
  const described: Described[] = [];
  const warnings: AnalysisWarning[] = [];
  let isPartial = false;
  for (const [at, launch] of launches.entries()) {
    const name = launch.name ?? `server-${at + 1}`;
    try {
      const outcome = await ofTarget(run, launch, targetOf(launch), name);
      isPartial ||= outcome.isPartial;
      for (const one of outcome.described) {
        const key = launches.length > 1 ? `${one.candidate.key}#${name}` : one.candidate.key;
        const displayName =
          launch.name !== null && outcome.described.length === 1 ? launch.name : one.candidate.displayName;
        described.push({
          ...one,
          candidate: { ...one.candidate, key, displayName },
          warnings: one.warnings.map((warning) => ({ ...warning, candidateKey: key })),
        });
      }
    } catch (error) {
      run.signal.throwIfAborted();
      if (launches.length === 1 || !(error instanceof UserError)) throw error;
      isPartial = true;
      warnings.push({ code: error.code, weight: 'CAUTION', message: `${name}: ${error.message}` });
    }
  }
  return { ...analyzedFrom(described, warnings), isPartial };
}
