import { expect, test } from 'vitest';
import { describeTrial } from './trial-result.ts';

const NOTHING = { needs: [], mode: [], tools: [], failure: null };
const TOKEN = { kind: 'VARIABLE', name: 'ORBIT_TOKEN' };

test('describes each conclusion', () => {
  expect(describeTrial({ ...NOTHING, conclusion: 'RUNS', tools: [{}] })).toBe(
    'It starts without any values, with 1 tool.',
  );
  expect(describeTrial({ ...NOTHING, conclusion: 'RUNS', mode: ['mcp'], tools: [{}, {}] })).toBe(
    'It starts without any values, with 2 tools. It is started with “mcp”.',
  );
  expect(
    describeTrial({
      ...NOTHING,
      conclusion: 'RUNS_WITH_VALUES',
      needs: [{ anyOf: [TOKEN, { kind: 'ARGUMENT', name: 'token', flag: '--token' }] }],
    }),
  ).toBe('It starts once these are set: ORBIT_TOKEN or --token. It has 0 tools.');
  expect(describeTrial({ ...NOTHING, conclusion: 'NEEDS_REAL_VALUES', needs: [{ anyOf: [TOKEN] }] })).toBe(
    'It checks ORBIT_TOKEN at its start, so that only real values show its tools.',
  );
  expect(describeTrial({ ...NOTHING, conclusion: 'DOES_NOT_START', failure: { message: 'It ended.' } })).toBe(
    'It ended.',
  );
});

test('describes nothing before there is a result', () => {
  expect(describeTrial({ ...NOTHING, conclusion: null })).toBeNull();
});
