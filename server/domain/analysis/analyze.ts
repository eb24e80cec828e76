import { unreachable } from '../assert-never.ts';
import { analyseNpm, analysePypi } from './analyse-package.ts';
import { analyseRegistryName } from './analyse-registry.ts';
import { analyseGitHub } from './analyse-repository.ts';
import { analyseSnippet } from './analyse-snippet.ts';
import { importTarball, packFolder } from './archive.ts';
import { archiveCandidate } from './npm-candidate.ts';
import type { Report } from './progress.ts';
import { type Analysed, type AnalysisTools, analysedFrom, type Run } from './run.ts';
import type { Source } from './source.ts';
import { withModel } from './with-model.ts';

async function analyseLocal(run: Run, source: Extract<Source, { kind: 'folder' | 'archive' }>): Promise<Analysed> {
  const { tools, report, signal } = run;
  await report('RESOLVE', 'DONE', source.path);
  await report('COLLECT', 'RUNNING', 'Packing the files.');
  const archive = await (source.kind === 'folder' ? packFolder : importTarball)(source.path, tools.dataDir, signal);
  await report('COLLECT', 'DONE', `${archive.files.files.length} files read.`);
  await report('DETECT', 'RUNNING', 'Looking for arguments and credentials.');
  return { ...analysedFrom([archiveCandidate(archive)]), isPartial: false };
}

async function candidatesOf(run: Run, source: Source): Promise<Analysed> {
  switch (source.kind) {
    case 'npm':
    case 'pypi': {
      const { described, isPartial } = await (source.kind === 'npm' ? analyseNpm : analysePypi)(
        run,
        source.name,
        source.version,
      );
      return { ...analysedFrom([described]), isPartial };
    }
    case 'folder':
    case 'archive':
      return analyseLocal(run, source);
    case 'snippet':
      return analyseSnippet(run, source.launches);
    case 'github':
      return analyseGitHub(run, source);
    case 'registry':
      return analyseRegistryName(run, source.name);
    default:
      return unreachable(source);
  }
}

/** One try at a source. @throws UserError for what the user can mend, and for outages (`retryable`). */
export async function analyseSource(
  source: Source,
  tools: AnalysisTools,
  report: Report,
  signal: AbortSignal,
  isLastTry = true,
): Promise<Pick<Analysed, 'result' | 'isPartial'>> {
  const run = { tools, report, signal, isLastTry };
  const analysed = await candidatesOf(run, source);
  const found = analysed.result.candidates;
  const fields = found.reduce((sum, one) => sum + one.credentials.length + one.arguments.length, 0);
  await report('DETECT', 'DONE', `${found.length} server${found.length === 1 ? '' : 's'}, ${fields} settings.`);
  const { result, isPartial } = await withModel(run, analysed);
  const doubtful = result.candidates.filter((one) => one.deployable && !one.verified).length;
  await report('VERIFY', 'DONE', doubtful === 0 ? 'Every package is confirmed.' : `${doubtful} not confirmed.`);
  return { result, isPartial };
}
