import { unreachable } from '../assert-never.ts';
import { UserError } from '../errors.ts';
import { analyzeImage } from './candidates/analyze-image.ts';
import { analyzeLaunches, pastedRemote } from './candidates/analyze-launches.ts';
import { analyzePackage } from './candidates/analyze-package.ts';
import { analyzeRegistryName } from './candidates/analyze-registry.ts';
import { analyzeGitHub } from './candidates/analyze-repository.ts';
import { withExtras } from './candidates/apply-launch.ts';
import { bundleCandidate } from './candidates/bundle-candidate.ts';
import { notAPackage, suggest, withSuggestions } from './candidates/suggest.ts';
import { type AnalysisTools, type Analyzed, analyzedFrom, type Run } from './context.ts';
import { importTarball, packFolder } from './files/archive.ts';
import { importBundle } from './files/bundle.ts';
import { withModel } from './llm/with-llm.ts';
import type { Report } from './progress.ts';
import type { Source } from './source/source.ts';

async function analyzeLocal(run: Run, source: Extract<Source, { kind: 'folder' | 'archive' }>): Promise<Analyzed> {
  const { tools, report, signal } = run;
  await report('RESOLVE', 'DONE', source.path);
  await report('COLLECT', 'RUNNING', 'Packing the files.');
  const archive = await (source.kind === 'folder' ? packFolder : importTarball)(source.path, tools.dataDir, signal);
  await report('COLLECT', 'DONE', `${archive.files.files.length} files read.`);
  await report('DETECT', 'RUNNING', 'Looking for arguments and credentials.');
  return { ...analyzedFrom([await tools.detector.archiveCandidate(signal, archive)]), isPartial: false };
}

async function analyzeBundle(run: Run, from: Extract<Source, { kind: 'bundle' }>['from']): Promise<Analyzed> {
  const { tools, report, signal } = run;
  await report('COLLECT', 'RUNNING', 'Reading the bundle.');
  const bundle = await importBundle(from, tools, signal);
  await report('COLLECT', 'DONE', `${bundle.paths.size} files found.`);
  return { ...analyzedFrom([bundleCandidate(bundle, 'url' in from ? from.url : null)]), isPartial: false };
}

async function candidatesOf(run: Run, source: Source): Promise<Analyzed> {
  switch (source.kind) {
    case 'npm': {
      const { described, isPartial } = await analyzePackage(run, 'npm', source.name, source.version).catch((error) => {
        if (!(error instanceof UserError) || error.code !== 'PACKAGE_NOT_FOUND') throw error;
        return withSuggestions(run, source.name, error).then((found) => Promise.reject(found));
      });
      const analyzed = { ...analyzedFrom([described]), isPartial };
      // “context7” is a package as well, and no server: its servers have longer names
      if (described.candidate.verdict !== 'NOT_MCP') return analyzed;
      return { ...analyzed, result: { ...analyzed.result, suggestions: await suggest(run, source.name) } };
    }
    case 'pypi': {
      const { described, isPartial } = await analyzePackage(run, 'pypi', source.name, source.version);
      return { ...analyzedFrom([withExtras(described, source.extras)]), isPartial };
    }
    case 'folder':
    case 'archive':
      return analyzeLocal(run, source);
    case 'bundle':
      return analyzeBundle(run, source.from);
    case 'image':
      return analyzeImage(run, source.reference);
    case 'snippet':
      return analyzeLaunches(run, source.launches);
    case 'github':
      return analyzeGitHub(run, source);
    case 'remote':
      await run.report('RESOLVE', 'DONE', source.url);
      return { ...analyzedFrom([pastedRemote(new URL(source.url).hostname, source.url)]), isPartial: false };
    case 'registry':
      return analyzeRegistryName(run, source.name);
    case 'search':
      throw await withSuggestions(run, source.words, notAPackage(source.words));
    default:
      return unreachable(source);
  }
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** One try at a source. @throws UserError for what the user can mend, and for outages (`retryable`). */
export async function analyzeSource(
  source: Source,
  tools: AnalysisTools,
  report: Report,
  signal: AbortSignal,
  isLastTry = true,
): Promise<Pick<Analyzed, 'result' | 'isPartial'>> {
  const run = { tools, report, signal, isLastTry };
  tools.detector.warmUp();
  const analyzed = await candidatesOf(run, source);
  const found = analyzed.result.candidates;
  const fields = found.reduce((sum, one) => sum + one.credentials.length + one.arguments.length, 0);
  await report('DETECT', 'DONE', `${counted(found.length, 'server')}, ${counted(fields, 'setting')}.`);
  const { result, isPartial } = await withModel(run, analyzed);
  const doubtful = result.candidates.filter((one) => one.deployable && !one.verified).length;
  await report('VERIFY', 'DONE', doubtful === 0 ? 'Every package is confirmed.' : `${doubtful} not confirmed.`);
  return { result, isPartial };
}
