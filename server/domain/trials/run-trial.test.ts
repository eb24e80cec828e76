import { expect, test } from 'vitest';
import { runTrial } from './run-trial.ts';
import type { Report } from './trial.ts';

const SERVED: Report = {
  outcome: 'SERVED',
  eras: ['legacy'],
  serverInfo: null,
  tools: [{ name: 'greet', description: null }],
  failure: null,
};
const ENDED: Report = {
  ...SERVED,
  outcome: 'ENDED',
  eras: [],
  tools: [],
  failure: {
    code: 'MISSING_CREDENTIAL',
    message: 'The server needs ORBIT_TOKEN, and ended without it.',
    needs: [[{ kind: 'variable', name: 'ORBIT_TOKEN' }]],
    stderrTail: [],
  },
};
const FORM = { credentials: [], arguments: [], fixedArguments: [] };

/** Plays the reports, one for each start, while the clock goes on by `stepMs` with each. */
const play = async (reports: Report[], stepMs = 1_000) => {
  let now = 0;
  const requests: { env: Record<string, string>; timeoutMs: number }[] = [];
  const steps: string[] = [];
  const { result } = await runTrial({
    machine: {
      installMs: 4_300,
      start: async (request) => {
        requests.push(request);
        now += stepMs;
        const report = reports[requests.length - 1];
        if (!report) throw new Error('The trial started the server once more.');
        return report;
      },
    },
    form: FORM,
    report: async (message) => void steps.push(message),
    clock: () => now,
    signal: new AbortController().signal,
  });
  return { result, requests, steps };
};

test('reports the processor time of the installation', async () => {
  const { result } = await play([SERVED]);
  expect(result.installMs).toBe(4_300);
});

test('reports each start and its outcome in plain sentences', async () => {
  const { steps, requests, result } = await play([ENDED, SERVED]);
  expect(steps).toEqual([
    'Starting it with nothing.',
    'The server needs ORBIT_TOKEN, and ended without it.',
    'Starting it with a dummy for ORBIT_TOKEN.',
    'It started, with 1 tool.',
  ]);
  expect(requests[0]?.env).toEqual({});
  expect(requests[1]?.env).toEqual({ ORBIT_TOKEN: 'dummy0000000000000000000000000000000' });
  expect(result.conclusion).toBe('RUNS_WITH_VALUES');
});

test('ends after a minute, and gives no start more time than is left', async () => {
  const asking = (index: number): Report => ({
    ...ENDED,
    failure: {
      code: 'MISSING_CREDENTIAL',
      message: 'It ended.',
      needs: [[{ kind: 'variable', name: `ORBIT_${index}` }]],
      stderrTail: [],
    },
  });
  const { requests } = await play([0, 1, 2, 3, 4].map(asking), 19_000);
  expect(requests.map(({ timeoutMs }) => timeoutMs)).toEqual([20_000, 20_000, 20_000, 3_000]);
});
