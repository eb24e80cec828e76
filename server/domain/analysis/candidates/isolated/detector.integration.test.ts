import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Detector } from '../../context.ts';
import { readRepository } from '../../repository/read-repository.ts';
import { createDetector } from './detector.ts';

const REPOSITORY = {
  owner: 'o',
  repo: 'a-mcp',
  subfolder: null,
  files: {
    files: [
      {
        path: 'package.json',
        text: '{"name":"a-mcp","bin":"index.js","dependencies":{"@modelcontextprotocol/sdk":"1"}}',
      },
      { path: 'index.js', text: 'const key = process.env.A_API_KEY;\nif (!key) {\n  process.exit(1);\n}\n' },
    ],
    paths: ['index.js', 'package.json'],
    truncated: false,
  },
};

let dataDir: string;
let detector: Detector;
let close: () => Promise<void>;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'catwalk-detector-'));
  ({ detector, close } = createDetector(dataDir));
});
afterEach(async () => {
  await close();
  await rm(dataDir, { recursive: true, force: true });
});

test('finds in another process what the same function finds in this one', async () => {
  const found = await detector.readRepository(AbortSignal.timeout(60_000), REPOSITORY);
  expect(found).toEqual(readRepository(REPOSITORY));
  expect(found.servers[0]?.needs.credentials).toMatchObject([{ name: 'A_API_KEY', requirement: 'HARD' }]);
});

test('keeps compiled code in the data folder and nothing else', async () => {
  await detector.readRepository(AbortSignal.timeout(60_000), REPOSITORY);
  await expect.poll(() => readdir(dataDir, { recursive: true }).then((all) => all.length)).toBeGreaterThan(20);
  expect(await readdir(dataDir)).toEqual(['compile-cache']);
});

test('reports files that cannot be read as a failed analysis with a hint, not as an unexpected error', async () => {
  const broken = { ...REPOSITORY, files: null as never };
  await expect(detector.readRepository(AbortSignal.timeout(60_000), broken)).rejects.toMatchObject({
    code: 'ANALYSIS_FAILED',
    message: 'The files of this source could not be read.',
    hint: expect.stringContaining('Paste'),
    retryable: false,
  });
});
