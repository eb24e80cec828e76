import { expect, test, vi } from 'vitest';
import { createActiveClock } from './active-clock.ts';

test('time that the machine slept does not count', () => {
  vi.useFakeTimers();
  try {
    let real = 0;
    const pass = (ms: number) => {
      real += ms;
      vi.advanceTimersByTime(ms);
    };
    const clock = createActiveClock(
      () => {},
      () => real,
    );
    pass(1_000);
    pass(1_000);
    expect(clock.now()).toBe(2_000);
    real += 8 * 3_600_000; // suspended: the clock jumps, no timer ran
    pass(1_000);
    expect(clock.now()).toBeLessThan(10_000);
    const resumed = clock.now();
    pass(1_000);
    expect(clock.now() - resumed).toBe(1_000);
    clock.stop();
  } finally {
    vi.useRealTimers();
  }
});
