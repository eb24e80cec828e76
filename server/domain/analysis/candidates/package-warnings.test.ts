import { expect, test } from 'vitest';
import type { NpmPackage } from '../registries/npm.ts';
import type { PypiPackage } from '../registries/pypi.ts';
import { packageWarnings } from './published-candidate.ts';

const NOW = new Date('2026-06-10T00:00:00Z');
const PUBLISHED: NpmPackage = {
  runtime: 'npm',
  name: 'weather-mcp',
  version: '1.2.0',
  integrity: 'sha512-x',
  tarballUrl: null,
  description: null,
  bins: { 'weather-mcp': 'index.js' },
  main: null,
  repository: { url: 'github:acme/weather', directory: null },
  mcpName: null,
  deprecated: null,
  nodeRange: '>=20',
  keywords: [],
  dependencies: [],
  pinned: {},
  platforms: [],
  publishedAt: '2026-01-01T00:00:00Z',
  firstPublishedAt: null,
  builtFrom: null,
  latest: '1.2.0',
};
const PROJECT: PypiPackage = {
  runtime: 'pypi',
  bins: null,
  integrity: null,
  name: 'weather-mcp',
  version: '1.2.0',
  description: null,
  readme: '',
  urls: ['https://github.com/acme/weather'],
  dependencies: [],
  isYanked: false,
  publishedAt: '2026-01-01T00:00:00Z',
  sdist: null,
  hashes: [],
  mcpName: null,
};

test('an ordinary package has no warnings', () => {
  expect(packageWarnings(PUBLISHED, 'k', NOW)).toEqual([]);
  expect(packageWarnings(PROJECT, 'k', NOW)).toEqual([]);
});

test.each<[string, Partial<NpmPackage>, string]>([
  ['TYPO_CLOSE', { name: 'fircrawl-mcp' }, 'firecrawl-mcp'],
  ['DEPRECATED', { deprecated: 'Use storm-mcp.' }, 'Use storm-mcp.'],
  ['JUST_PUBLISHED', { publishedAt: '2026-06-07T00:00:01Z' }, 'less than 3 days ago'],
  ['JUST_PUBLISHED', { publishedAt: '2026-06-09T23:00:00Z' }, 'less than a day ago'],
  ['OLD_NODE', { nodeRange: '<22' }, 'requires Node <22'],
  ['OLD_NODE', { nodeRange: '^18 || ^20' }, 'requires Node ^18 || ^20'],
  ['NO_REPOSITORY', { repository: null }, 'source repository'],
  ['NO_INTEGRITY', { integrity: null }, 'no checksum'],
])('an npm package gets %s alone: %j', (code, facts, words) => {
  expect(packageWarnings({ ...PUBLISHED, ...facts }, 'k', NOW)).toEqual([
    { code, weight: expect.any(String), message: expect.stringContaining(words), candidateKey: 'k' },
  ]);
});

test.each<[Partial<NpmPackage>]>([
  [{ name: '@vendor/mcp' }],
  [{ publishedAt: '2026-06-07T00:00:00Z' }],
  [{ publishedAt: null }],
  [{ nodeRange: '<23' }],
  [{ nodeRange: 'not a range' }],
])('an npm package with %j gets no warning', (facts) => {
  expect(packageWarnings({ ...PUBLISHED, ...facts }, 'k', NOW)).toEqual([]);
});

test.each<[string, Partial<PypiPackage>]>([
  ['YANKED', { isYanked: true }],
  ['JUST_PUBLISHED', { publishedAt: '2026-06-09T00:00:00Z' }],
  ['NO_REPOSITORY', { urls: [] }],
])('a PyPI package gets %s alone: %j', (code, facts) => {
  expect(packageWarnings({ ...PROJECT, ...facts }, 'k', NOW)).toMatchObject([{ code, candidateKey: 'k' }]);
});
