import { expect, test } from 'vitest';
import type { Missing } from '#deploy/host/contract.ts';
import { type Attempt, concludeTrial, decideAttempt } from './decide-attempt.ts';
import type { Report } from './trial.ts';

const variable = (name: string): Missing => ({ kind: 'variable', name });
const TOKEN = variable('ORBIT_TOKEN');
const KEY = variable('ORBIT_KEY');

const served: Report = { outcome: 'SERVED', eras: ['legacy'], serverInfo: null, tools: [], failure: null };
const ended = (needs: Missing[][], modes: string[][] = []): Report => ({
  ...served,
  outcome: 'ENDED',
  eras: [],
  failure: { code: 'MISSING_CREDENTIAL', message: 'It ended.', needs, modes, stderrTail: [] },
});

/** Plays a trial: each report is the outcome of the next start. */
const play = (reports: Report[], likely: Missing[] = []): Attempt[] => {
  const attempts: Attempt[] = [];
  for (const report of reports) {
    const decision = decideAttempt(attempts, likely);
    if (decision.kind === 'done') break;
    attempts.push({ given: decision.given, report });
  }
  return attempts;
};

test('starts with nothing, and is done when the server serves', () => {
  const attempts = play([served, served]);
  expect(attempts.map(({ given }) => given)).toEqual([{ needs: [], mode: [], isGuess: false }]);
  expect(concludeTrial(attempts)).toMatchObject({ conclusion: 'RUNS', needs: [], mode: [] });
});

test('gives what the server asks for, one need after the other', () => {
  const attempts = play([ended([[TOKEN]]), ended([[KEY]]), served]);
  expect(attempts.at(-1)?.given.needs).toEqual([[TOKEN], [KEY]]);
  expect(concludeTrial(attempts)).toMatchObject({ conclusion: 'RUNS_WITH_VALUES', needs: [[TOKEN], [KEY]] });
});

test('ends when the server refuses the dummy of a need', () => {
  const attempts = play([ended([[TOKEN]]), ended([[TOKEN]]), served]);
  expect(attempts).toHaveLength(2);
  expect(concludeTrial(attempts)).toMatchObject({ conclusion: 'NEEDS_REAL_VALUES', needs: [[TOKEN]] });
});

test('tries the subcommands of a usage text, each once, and those below one', () => {
  const attempts = play([ended([], [['mcp'], ['serve']]), ended([], [['start']]), ended([]), served]);
  expect(attempts.map(({ given }) => given.mode)).toEqual([[], ['mcp'], ['mcp', 'start'], ['serve']]);
  expect(concludeTrial(attempts)).toMatchObject({ conclusion: 'RUNS', mode: ['serve'] });
});

test('keeps the subcommand under which the server asked for a variable', () => {
  const attempts = play([ended([], [['mcp']]), ended([[TOKEN]]), ended([[TOKEN]])]);
  expect(concludeTrial(attempts)).toMatchObject({ conclusion: 'NEEDS_REAL_VALUES', mode: ['mcp'], needs: [[TOKEN]] });
});

test('gives dummies for likely settings, once, to a server that ends without a reason', () => {
  const attempts = play([ended([]), served], [TOKEN]);
  expect(attempts[1]?.given).toEqual({ needs: [[TOKEN]], mode: [], isGuess: true });
  expect(concludeTrial(attempts)).toMatchObject({ conclusion: 'RUNS_WITH_VALUES', needs: [] });
  expect(play([ended([]), ended([]), served], [TOKEN])).toHaveLength(2);
});

test('gives a dummy for one entry of a choice', () => {
  const attempts = play([ended([[{ kind: 'argument', flag: '--token', name: 'token' }, TOKEN]]), ended([[TOKEN]])]);
  expect(attempts).toHaveLength(2);
  expect(decideAttempt(attempts, [])).toEqual({ kind: 'done' });
});

test('ends a trial that goes on and on', () => {
  const endless = Array.from({ length: 40 }, (_, index) => ended([[variable(`ORBIT_${index}`)]]));
  expect(play(endless)).toHaveLength(12);
});
