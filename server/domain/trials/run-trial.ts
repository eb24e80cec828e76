import type { Missing } from '#deploy/host/contract.ts';
import type { LearnedForm } from '../learn/form.ts';
import { type Attempt, chosenOf, concludeTrial, decideAttempt, type Given } from './decide-attempt.ts';
import { startOf } from './start-of.ts';
import type { Report, TrialResult } from './trial.ts';
import type { TrialMachine } from './trial-machine.ts';

/** All starts together, after the installation. */
export const TRIAL_MS_MAX = 60_000;
const START_MS_MAX = 20_000;
/** What is left is too little for another start. */
const START_MS_MIN = 1_000;

export type RunTrial = {
  machine: TrialMachine;
  form: LearnedForm;
  report: (message: string) => Promise<void>;
  /** Milliseconds of a steady clock. */
  clock: () => number;
  signal: AbortSignal;
};

/** Settings that reading demands or finds usual: what a server that gives no reason may want. */
const likelyOf = ({ credentials, arguments: args }: LearnedForm): Missing[] => {
  const groups = new Set<string>();
  const variables = credentials.filter(({ requirement, group, choices }) => {
    if (requirement === 'OPTIONAL' || choices.length === 1 || (group !== null && groups.has(group))) return false;
    if (group !== null) groups.add(group);
    return true;
  });
  return [
    ...variables.map(({ name }) => ({ kind: 'variable' as const, name })),
    ...args.filter(({ required }) => required).map(({ name, flag }) => ({ kind: 'argument' as const, name, flag })),
  ];
};

/** Starts the server as often as it teaches something new, for a minute at most. */
export async function runTrial({ machine, form, report, clock, signal }: RunTrial): Promise<{
  result: TrialResult;
  given: Missing[];
}> {
  const deadline = clock() + TRIAL_MS_MAX;
  const over = AbortSignal.timeout(TRIAL_MS_MAX);
  const attempts: Attempt[] = [];
  const likely = likelyOf(form);
  for (;;) {
    const decision = decideAttempt(attempts, likely);
    const left = deadline - clock();
    if (decision.kind === 'done' || left < START_MS_MIN) break;
    const { given } = decision;
    await report(`Starting it with ${wordsOf(given)}.`);
    const request = { ...startOf(form, given), timeoutMs: Math.min(START_MS_MAX, left) };
    const found = await machine.start(request, AbortSignal.any([signal, over])).catch((error: unknown) => {
      signal.throwIfAborted();
      if (over.aborted) return null; // the starts before it have taught what they could
      throw error;
    });
    if (found === null) break;
    attempts.push({ given, report: found });
    await report(sentenceOf(found));
  }
  const given = attempts.at(-1)?.given.needs.flatMap(chosenOf) ?? [];
  return { result: { ...concludeTrial(attempts), installMs: machine.installMs }, given };
}

export const nameOf = (missing: Missing): string =>
  missing.kind === 'variable' ? missing.name : (missing.flag ?? `<${missing.name}>`);

const wordsOf = ({ needs, mode }: Given): string => {
  const parts = [
    ...(mode.length > 0 ? [`“${mode.join(' ')}”`] : []),
    ...(needs.length > 0 ? [`a dummy for ${needs.flatMap(chosenOf).map(nameOf).join(', ')}`] : []),
  ];
  return parts.length === 0 ? 'nothing' : parts.join(' and ');
};

const sentenceOf = ({ outcome, tools, failure }: Report): string =>
  outcome === 'SERVED'
    ? `It started, with ${tools.length} ${tools.length === 1 ? 'tool' : 'tools'}.`
    : (failure?.message ?? 'It did not start.');
