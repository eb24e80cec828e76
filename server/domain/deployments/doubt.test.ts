import { expect, test } from 'vitest';
import { type DoubtFacts, decideDoubt } from './doubt.ts';

const LIVE = new Date('2027-01-01T10:00:00Z');
const later = new Date('2027-01-01T11:00:00Z');
const earlier = new Date('2027-01-01T09:00:00Z');
const tested = (outcome: 'PASSED' | 'FAILED' | 'UNTESTABLE') => ({
  at: later.toISOString(),
  outcome,
  tool: 'a',
  message: '',
  releaseId: 'r',
});
const doubt = (more: Partial<DoubtFacts> = {}) =>
  decideDoubt({
    status: 'RUNNING',
    offered: { tools: 1, others: 0 },
    hasCredentials: true,
    liveAt: LIVE,
    test: null,
    recent: { calls: 0, errors: 0, lastSuccessAt: null },
    workedBefore: false,
    ...more,
  });

test('a server without tools, resources and prompts has nothing to call', () => {
  expect(doubt({ offered: { tools: 0, others: 0 } })).toBe('NO_TOOLS');
  expect(doubt({ offered: { tools: 0, others: 1 }, hasCredentials: false })).toBeNull();
  expect(doubt({ offered: null })).toBeNull();
});

test('three calls and more that all fail are a doubt, fewer or one success are not', () => {
  const calls = (all: number, errors: number) =>
    doubt({ hasCredentials: false, recent: { calls: all, errors, lastSuccessAt: null } });
  expect([calls(3, 3), calls(2, 2), calls(9, 8)]).toEqual(['CALLS_FAIL', null, null]);
});

test('credentials are untried until a call of this release or a test ends well', () => {
  expect(doubt()).toBe('CREDENTIALS_UNTRIED');
  const success = (at: Date) => doubt({ recent: { calls: 1, errors: 0, lastSuccessAt: at } });
  expect([success(earlier), success(later)]).toEqual(['CREDENTIALS_UNTRIED', null]);
  expect([doubt({ workedBefore: true }), doubt({ test: tested('PASSED') })]).toEqual([null, null]);
  expect(doubt({ test: tested('UNTESTABLE') })).toBe('CREDENTIALS_UNTRIED');
  expect(doubt({ hasCredentials: false })).toBeNull();
});

test('a test that failed counts although an earlier call ended well', () => {
  const recent = { calls: 1, errors: 0, lastSuccessAt: later };
  expect(doubt({ test: tested('FAILED'), recent })).toBe('CREDENTIALS_REFUSED');
});

test('says nothing of a server that does not run, or that has its own failure', () => {
  for (const status of ['STOPPED', 'FAILED', 'DEPLOYING', 'UNHEALTHY'] as const) expect(doubt({ status })).toBeNull();
});
