import { describe, expect, test } from 'vitest';
import { createPassedTime } from './passed-time.ts';

const START = Date.UTC(2027, 0, 1);
const MINUTE = 60_000;

function open() {
  let wall = START;
  let steady = 1_000;
  const passed = createPassedTime({ now: () => new Date(wall), steadyMs: () => steady });
  return {
    passed,
    pass: (ms: number) => {
      wall += ms;
      steady += ms;
    },
    setClock: (ms: number) => {
      wall += ms;
    },
  };
}
const at = (ms: number) => new Date(START + ms);

describe('the time that has passed', () => {
  test('is that of the clock until it is set', () => {
    const { passed, pass } = open();
    expect(passed.since(at(-10 * MINUTE))).toBe(10 * MINUTE);
    pass(3 * MINUTE);
    expect(passed.since(at(0))).toBe(3 * MINUTE);
    expect(passed.since(at(MINUTE))).toBe(2 * MINUTE);
  });

  test.each([20 * MINUTE, -20 * MINUTE])('counts from the moment the clock was set by %i ms', (by) => {
    const { passed, pass, setClock } = open();
    pass(1_000);
    setClock(by);
    expect(passed.since(at(0))).toBe(0);
    pass(30_000);
    expect(passed.since(at(0))).toBe(30_000);
    pass(30_000);
    expect(passed.since(at(by + 31_000))).toBe(30_000); // a moment after the jump
  });

  test('is not changed by a clock that is adjusted little by little', () => {
    const { passed, pass, setClock } = open();
    for (let count = 0; count < 10; count += 1) {
      pass(MINUTE);
      setClock(4_000);
      passed.since(at(0));
    }
    expect(passed.since(at(0))).toBe(10 * MINUTE + 40_000);
  });

  test('of a moment in the future is its distance', () => {
    expect(open().passed.since(at(1_000))).toBe(1_000);
  });

  test('is no more than this process saw, for those who ask for that', () => {
    const { passed, pass } = open();
    pass(5_000);
    expect(passed.sinceSeen(at(-10 * MINUTE))).toBe(5_000);
    expect(passed.sinceSeen(at(4_000))).toBe(1_000);
  });
});
