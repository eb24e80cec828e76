import { defineConfig } from '@playwright/test';
import base from '../../playwright.config.ts';

/** `npm run docs:pictures` takes the pictures of docs/images from the product as it is. */
export default defineConfig({
  ...base,
  testDir: '.',
  outputDir: '../../test-results',
  timeout: 600_000,
  use: { ...base.use, viewport: { width: 1280, height: 800 }, trace: 'off' },
});
