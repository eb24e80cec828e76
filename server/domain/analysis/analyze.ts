import { unreachable } from '../assert-never.ts';
import { UserError } from '../errors.ts';
import { analyseNpm, analysePypi } from './analyse-package.ts';
import { analyseRegistryName } from './analyse-registry.ts';
import { analyseGitHub } from './analyse-repository.ts';
import { analyseSnippet } from './analyse-snippet.ts';
import { applyModel } from './apply-model.ts';
import { importTarball, packFolder } from './archive.ts';
import type { AnalysisResult, ServerCandidate } from './model.ts';
import { ModelError } from './model-reader.ts';
import { archiveCandidate } from './npm-candidate.ts';
import type { Report } from './progress.ts';
import { type Analysed, type AnalysisTools, analysedFrom, type Run } from './run.ts';
import type { Source } from './source.ts';

/** A monorepo may hold many servers; the platform pays for each question. */
const MODEL_QUESTIONS_MAX = 8;

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

/** What a model adds. Without one, or when it fails, the form comes from the files alone. */
async function withModel(run: Run, { result, isPartial, readmes }: Analysed): Promise<AnalysisResult> {
  const { tools, report, signal } = run;
  if (tools.model === null) {
    await report('MODEL', 'SKIPPED', 'No model is configured; the form comes from the files alone.');
    return result;
  }
  const asked = result.candidates.filter((one) => one.deployable && readmes.has(one.key)).slice(0, MODEL_QUESTIONS_MAX);
  if (asked.length === 0) {
    await report('MODEL', 'SKIPPED', isPartial ? 'There are no documents to read.' : 'There is nothing to add.');
    return result;
  }
  await report('MODEL', 'RUNNING', 'A model reads the documents.');
  const answers = new Map<string, ServerCandidate>();
  const failures: string[] = [];
  for (const candidate of asked) {
    const readme = readmes.get(candidate.key) ?? '';
    const variables = candidate.credentials.map((field) => field.name);
    try {
      const answer = await tools.model.read({ name: candidate.displayName, readme, variables }, signal);
      answers.set(candidate.key, applyModel(candidate, answer, readme));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof UserError) {
        failures.push([error.message, error.hint].filter(Boolean).join(' '));
        break; // the budget is used up, for the other candidates too
      }
      if (!(error instanceof ModelError)) throw error;
      failures.push(error.message);
    }
  }
  await report('MODEL', failures.length > 0 ? 'FAILED' : 'DONE', failures[0] ?? 'The form has what the documents say.');
  const warnings = failures.slice(0, 1).map((message) => ({
    code: 'MODEL_FAILED',
    weight: 'INFO' as const,
    message: `${message} The form comes from the files alone.`,
  }));
  return {
    candidates: result.candidates.map((one) => answers.get(one.key) ?? one),
    warnings: [...result.warnings, ...warnings],
  };
}

/** One try at a source. @throws UserError for what the user can mend, and for outages (`retryable`). */
export async function analyseSource(
  source: Source,
  tools: AnalysisTools,
  report: Report,
  signal: AbortSignal,
): Promise<Pick<Analysed, 'result' | 'isPartial'>> {
  const run = { tools, report, signal };
  const analysed = await candidatesOf(run, source);
  const found = analysed.result.candidates;
  const fields = found.reduce((sum, one) => sum + one.credentials.length + one.arguments.length, 0);
  await report('DETECT', 'DONE', `${found.length} server${found.length === 1 ? '' : 's'}, ${fields} settings.`);
  const result = await withModel(run, analysed);
  const doubtful = result.candidates.filter((one) => one.deployable && !one.verified).length;
  await report('VERIFY', 'DONE', doubtful === 0 ? 'Every package is confirmed.' : `${doubtful} not confirmed.`);
  return { result, isPartial: analysed.isPartial };
}
