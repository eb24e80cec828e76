import type { Missing } from '#deploy/host/contract.ts';
import type { Report, TrialResult } from './trial.ts';

/** What a start is given: a dummy for one entry of each need, and the words that come first. */
export type Given = { needs: Missing[][]; mode: string[]; isGuess: boolean };
export type Attempt = { given: Given; report: Report };
export type AttemptDecision = { kind: 'start'; given: Given } | { kind: 'done' };

const ATTEMPTS_MAX = 12;
const MODE_WORDS_MAX = 3;
const NOTHING: Given = { needs: [], mode: [], isGuess: false };

const isSame = (a: Missing, b: Missing): boolean =>
  a.kind === b.kind &&
  (a.kind === 'variable' || b.kind === 'variable' || a.flag === b.flag) &&
  (a.name === b.name || (a.kind === 'argument' && a.flag !== null));

/** The entry of a need that receives a dummy: a variable where there is one. */
export const chosenOf = (need: readonly Missing[]): Missing[] => {
  const chosen = need.find(({ kind }) => kind === 'variable') ?? need[0];
  return chosen ? [chosen] : [];
};

const isGiven = (need: readonly Missing[], given: Given): boolean =>
  given.needs.flatMap(chosenOf).some((one) => need.some((other) => isSame(one, other)));

const nextMode = (attempts: readonly Attempt[]): Given | null => {
  for (const { given, report } of attempts.toReversed()) {
    for (const words of report.failure?.modes ?? []) {
      const mode = [...given.mode, ...words];
      const isTried = attempts.some((one) => one.given.mode.join('\0') === mode.join('\0'));
      if (mode.length <= MODE_WORDS_MAX && !isTried) return { ...given, mode };
    }
  }
  return null;
};

/**
 * Decides the next start of a trial: first with nothing, then with dummies for what the server asked for, then with a
 * subcommand that its usage text offers; at last with dummies for all that reading found likely. Pure.
 *
 * @param likely settings that the analysis demands or finds usual
 */
export function decideAttempt(attempts: readonly Attempt[], likely: readonly Missing[]): AttemptDecision {
  const last = attempts.at(-1);
  if (!last) return { kind: 'start', given: NOTHING };
  const { given, report } = last;
  if (report.outcome === 'SERVED' || attempts.length >= ATTEMPTS_MAX) return { kind: 'done' };
  const asked = report.failure?.needs ?? [];
  const fresh = asked.filter((need) => !isGiven(need, given));
  if (fresh.length > 0) return { kind: 'start', given: { ...given, needs: [...given.needs, ...fresh] } };
  if (asked.length > 0) return { kind: 'done' }; // it refused the dummies
  const mode = nextMode(attempts);
  if (mode) return { kind: 'start', given: mode };
  const others = likely.filter((one) => !isGiven([one], given));
  if (others.length === 0 || attempts.some((one) => one.given.isGuess)) return { kind: 'done' };
  return { kind: 'start', given: { ...given, needs: [...given.needs, ...others.map((one) => [one])], isGuess: true } };
}

/** The needs that the server itself named, each once. */
const namedNeeds = (attempts: readonly Attempt[]): Missing[][] => {
  const named: Missing[][] = [];
  for (const { report } of attempts) {
    for (const need of report.failure?.needs ?? []) {
      if (!named.some((known) => known.some((one) => need.some((other) => isSame(one, other))))) named.push(need);
    }
  }
  return named;
};

/** Sums up the attempts of a trial. Pure. */
export function concludeTrial(attempts: readonly Attempt[]): Omit<TrialResult, 'installMs'> {
  const last = attempts.at(-1);
  const served = last?.report.outcome === 'SERVED' ? last : null;
  const needs = namedNeeds(attempts);
  const isAsking = (last?.report.failure?.needs ?? []).length > 0;
  const failure = last?.report.failure ?? null;
  return {
    conclusion: served
      ? served.given.needs.length === 0
        ? 'RUNS'
        : 'RUNS_WITH_VALUES'
      : isAsking
        ? 'NEEDS_REAL_VALUES'
        : 'DOES_NOT_START',
    needs,
    // A subcommand under which the server asked for a setting is the right one too.
    mode: served || isAsking ? (last?.given.mode ?? []) : [],
    eras: served?.report.eras ?? [],
    serverInfo: served?.report.serverInfo ?? null,
    tools: served?.report.tools ?? [],
    failure: failure && { code: failure.code, message: failure.message, hint: failure.hint ?? null },
    stderrTail: failure?.stderrTail ?? [],
  };
}
