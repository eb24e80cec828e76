import { expect, test } from 'vitest';
import { evidenceHref } from './evidence-link.ts';

test('links to a line on GitHub, for every form of the repository’s name', () => {
  const line = 'https://github.com/owner/repo/blob/HEAD/docs/READ%20ME.md?plain=1#L42';
  for (const source of ['owner/repo', 'https://github.com/owner/repo', 'github.com/owner/repo.git']) {
    expect(evidenceHref(source, 'docs/READ ME.md', 42)).toBe(line);
  }
  expect(evidenceHref('https://github.com/owner/repo/tree/v2/packages/a', 'README.md', null)).toBe(
    'https://github.com/owner/repo/blob/v2/README.md',
  );
});

test('links to nothing for packages and folders', () => {
  for (const source of [
    '@scope/package',
    'firecrawl-mcp',
    '/home/me/server',
    'pypi:server',
    'https://example.com/a/b',
  ]) {
    expect(evidenceHref(source, 'README.md', 1)).toBeNull();
  }
});
