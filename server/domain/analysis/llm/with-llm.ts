import { UserError } from '../../errors.ts';
import type { Analyzed, Run } from '../context.ts';
import type { ServerCandidate } from '../result.ts';
import { applyModel } from './apply.ts';
import { ModelError } from './client.ts';
import { README_CHARACTERS_MAX } from './reader.ts';

/** A monorepo may hold many servers, and each question costs money. */
const QUESTIONS_MAX = 8;
/** Half of the two minutes of an analysis: a slow model must not lose what was found without it. */
const MODEL_MS_MAX = 60_000;

/** Adds what the language model found. Without a model, or when it fails, the form comes from the files alone. */
export async function withModel(run: Run, analyzed: Analyzed): Promise<Pick<Analyzed, 'result' | 'isPartial'>> {
  const { result, isPartial, readmes } = analyzed;
  const { tools, report, signal } = run;
  if (tools.model === null) {
    await report('MODEL', 'SKIPPED', 'No model is configured; the form comes from the files alone.');
    return { result, isPartial };
  }
  const selected = result.candidates.filter((one) => one.deployable && readmes.has(one.key)).slice(0, QUESTIONS_MAX);
  if (selected.length === 0) {
    await report('MODEL', 'SKIPPED', isPartial ? 'There are no documents to read.' : 'There is nothing to add.');
    return { result, isPartial };
  }
  await report('MODEL', 'RUNNING', 'A model reads the documents.');
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(MODEL_MS_MAX)]);
  const answers = new Map<string, ServerCandidate>();
  const failures: Failure[] = [];
  for (const candidate of selected) {
    const readme = (readmes.get(candidate.key) ?? '').slice(0, README_CHARACTERS_MAX);
    const variables = candidate.credentials.map((field) => field.name);
    try {
      const answer = await tools.model.read({ name: candidate.displayName, readme, variables }, inTime);
      answers.set(candidate.key, applyModel(candidate, answer, readme));
    } catch (error) {
      signal.throwIfAborted();
      const failure = failureOf(error, inTime);
      failures.push(failure);
      if (failure.isFinal) break;
    }
  }
  const [first] = failures;
  await report('MODEL', first ? 'FAILED' : 'DONE', first?.message ?? 'The form has what the documents say.');
  const warnings = failures.slice(0, 1).map(({ message }) => ({
    code: 'MODEL_FAILED',
    weight: 'INFO' as const,
    message: `${message} The form comes from the files alone.`,
  }));
  return {
    result: {
      ...result,
      candidates: result.candidates.map((one) => answers.get(one.key) ?? one),
      warnings: [...result.warnings, ...warnings],
    },
    // the next analysis tries again a language model that did not respond; a spent budget stays spent
    isPartial: isPartial || failures.some(({ isOutage }) => isOutage),
  };
}

type Failure = {
  message: string;
  isOutage: boolean;
  /** It holds for the other candidates too. */
  isFinal: boolean;
};

function failureOf(error: unknown, inTime: AbortSignal): Failure {
  if (error instanceof UserError) {
    return { message: [error.message, error.hint].filter(Boolean).join(' '), isOutage: false, isFinal: true };
  }
  if (inTime.aborted) return { message: 'The model took too long.', isOutage: true, isFinal: true };
  if (error instanceof ModelError) return { message: error.message, isOutage: true, isFinal: false };
  throw error;
}
