import { describe, expect, test } from 'vitest';
import { hostFailure } from '../failure.ts';
import { createFailureHistory } from './failure-history.ts';

const MINUTE_MS = 60_000;
const CRASHED = hostFailure('CRASHED', 'It ended.');

const createHistory = () => {
  const time = { now: 0 };
  return { time, history: createFailureHistory(() => time.now) };
};

describe('crash loops', () => {
  test('the fifth crash within 10 minutes is a CRASH_LOOP, and no child of its group is started', () => {
    const { history } = createHistory();
    const codes = Array.from({ length: 5 }, () => history.ended('a', true, CRASHED).code);
    expect(codes).toEqual(['CRASHED', 'CRASHED', 'CRASHED', 'CRASHED', 'CRASH_LOOP']);
    expect(() => history.refuseStart('a', true)).toThrow('5 times within 10 minutes');
    expect(() => history.refuseStart('b', true)).not.toThrow();
  });

  test('a crash loop lasts until its crashes are ten minutes old, also when a child of another group starts well', () => {
    const { time, history } = createHistory();
    for (let i = 0; i < 5; i += 1) history.ended('a', true, CRASHED);
    history.recovered();
    expect(() => history.refuseStart('a', true)).toThrow('5 times within 10 minutes');
    expect([history.loop?.code, history.last?.code]).toEqual(['CRASH_LOOP', 'CRASH_LOOP']);
    time.now = 10 * MINUTE_MS;
    expect(() => history.refuseStart('a', true)).not.toThrow();
    expect([history.loop, history.last]).toEqual([null, null]);
  });

  test('crashes that are further apart are not a crash loop', () => {
    const { time, history } = createHistory();
    for (let i = 0; i < 20; i += 1) {
      time.now += 2.6 * MINUTE_MS;
      expect(history.ended('a', true, CRASHED).code).toBe('CRASHED');
    }
  });

  test('failed starts count together, whichever session they were for', () => {
    const { history } = createHistory();
    for (const group of ['a', 'b', 'c', 'd', 'e']) history.ended(group, false, CRASHED);
    expect(() => history.refuseStart('f', true)).toThrow('5 times');
    expect(history.restarts).toBe(0);
  });

  test('a missing credential keeps its own code', () => {
    const { history } = createHistory();
    const failure = hostFailure('MISSING_CREDENTIAL', 'It wants a key.');
    const codes = Array.from({ length: 6 }, () => history.ended('a', false, failure).code);
    expect(new Set(codes)).toEqual(new Set(['MISSING_CREDENTIAL']));
  });
});

describe('the pause before the next start', () => {
  test('the first crash of a server that served costs no pause; further ones double it up to 30 s, until a good start', () => {
    const { history } = createHistory();
    const pauses = Array.from({ length: 10 }, (_, index) => {
      history.ended(`group ${index}`, true, CRASHED);
      return history.backoffMs;
    });
    expect(pauses).toEqual([0, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    history.recovered();
    expect([history.backoffMs, history.last, history.restarts]).toEqual([0, null, 10]);
  });

  test('a start that failed costs a pause of a second, unless another child serves', () => {
    const { time, history } = createHistory();
    history.silent(hostFailure('HANDSHAKE_TIMEOUT', 'It said nothing.'));
    time.now = 999;
    expect(() => history.refuseStart('a', false)).toThrow('It said nothing.');
    expect(() => history.refuseStart('a', true)).not.toThrow();
    time.now = 1_000;
    expect(() => history.refuseStart('a', false)).not.toThrow();
  });
});
