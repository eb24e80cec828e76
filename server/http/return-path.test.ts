import { expect, test } from 'vitest';
import { returnPathIn } from './return-path.ts';

const PAGE = '/oauth/00000000-0000-4000-8000-000000000000/consent?client_id=x';
const cookie = (path: string) => `a=b; catwalk.return=${encodeURIComponent(path)}; c=d`;

test.each([
  '/deployments/00000000-0000-4000-8000-000000000000/logs',
  '/new?source=firecrawl-mcp',
  '/settings',
  '/api/remote/callback?code=x&state=y',
])('returns to the page %s', (path) => expect(returnPathIn(cookie(path))).toBe(path));

test('returns to a consent page of this server', () => {
  expect(returnPathIn(cookie(PAGE))).toBe(PAGE);
});

test.each([
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/deployments',
  `//evil.example${PAGE}`,
  '/oauth/x/consent?',
  '',
  '/settings/\\\\evil.example',
  '/newer',
])('does not return to %s', (path) => expect(returnPathIn(cookie(path))).toBeNull());

test('ignores cookies that cannot be read', () => {
  for (const cookies of ['', 'catwalk.return=%', 'xcatwalk.return=/oauth/', 'catwalk.return']) {
    expect(returnPathIn(cookies)).toBeNull();
  }
});
