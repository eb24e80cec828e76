import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

/** Mantine observes sizes, which a DOM without layout does not have. */
globalThis.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};

/** A text area that grows waits for fonts, which a DOM without layout does not load. */
if (!('fonts' in document)) Object.defineProperty(document, 'fonts', { value: new EventTarget() });

afterEach(cleanup);
