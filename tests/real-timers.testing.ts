import { afterEach, vi } from 'vitest';

/** Files of unit tests share a process: the timers that a test replaced must not reach the next file. */
afterEach(() => {
  vi.useRealTimers();
});
