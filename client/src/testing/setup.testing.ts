import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

/** Mantine observes sizes, which a DOM without layout does not have. */
globalThis.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};

afterEach(cleanup);
