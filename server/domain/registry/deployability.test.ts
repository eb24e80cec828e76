import { describe, expect, test } from 'vitest';
import { deployabilityOf, sourceOf } from './deployability.ts';
import { readEntry } from './entry.ts';
import { publisherOf } from './publisher.ts';

const entryOf = (document: object) =>
  readEntry({ document: { name: 'a.b/c', ...document }, license: null, listingUrl: null });
const packaged = (registryType: string, type = 'stdio') =>
  entryOf({ packages: [{ registryType, identifier: 'x', transport: { type, url: 'http://localhost/mcp' } }] });
const remote = { remotes: [{ type: 'streamable-http', url: 'https://far.example/mcp' }] };
const repository = { repository: { url: 'git@github.com:Own-er/Repo.git', source: 'github' } };

describe('what can be deployed', () => {
  test.each([
    ['an npm package', packaged('npm')],
    ['a Python package', packaged('pypi')],
    ['a repository on GitHub alone', entryOf(repository)],
    ['a package that serves HTTP', packaged('npm', 'streamable-http')],
    ['a hosted server', entryOf(remote)],
    ['a bundle', packaged('mcpb')],
    ['a container', packaged('oci')],
    ['a package beside a hosted server', { ...packaged('npm'), remotes: entryOf(remote).remotes }],
  ])('%s', (_, entry) => {
    expect(deployabilityOf(entry, 'ACTIVE')).toEqual({ deployable: true, reason: null });
    expect(deployabilityOf(entry, 'DEPRECATED').deployable).toBe(true);
    expect(deployabilityOf(entry, 'DELETED')).toMatchObject({
      deployable: false,
      reason: expect.stringContaining('not list'),
    });
  });

  test.each([
    ['a .NET package', packaged('nuget'), '.NET'],
    ['a package of some other kind', packaged('cargo'), 'does not install from'],
    [
      'a hosted server of the old transport',
      entryOf({ remotes: [{ type: 'sse', url: 'https://far.example/sse' }] }),
      'runs elsewhere',
    ],
    ['nothing at all', entryOf({}), 'neither'],
    ['code that is not on GitHub', entryOf({ repository: { url: 'https://gitlab.com/a/b' } }), 'neither'],
  ])('not %s, with the reason', (_, entry, reason) => {
    expect(deployabilityOf(entry, 'ACTIVE')).toMatchObject({
      deployable: false,
      reason: expect.stringContaining(reason),
    });
  });
});

test('a name that the registry vouches for is analyzed by it, all else by its repository', () => {
  expect(sourceOf('a.b/c', packaged('npm'), true)).toBe('registry:a.b/c');
  expect(sourceOf('a.b/c', entryOf(repository), true)).toBe('https://github.com/own-er/repo');
  expect(sourceOf('directory:a/c', entryOf(repository), false)).toBe('https://github.com/own-er/repo');
  expect(sourceOf('a.b/c', entryOf({}), true)).toBeNull();
});

test.each([
  ['io.github.Ann/x', { kind: 'GITHUB', name: 'Ann' }],
  ['com.example.api/x', { kind: 'DOMAIN', name: 'api.example.com' }],
  ['io.github/x', { kind: 'DOMAIN', name: 'github.io' }],
  ['none', null],
])('names the publisher that proved ownership of %s', (name, publisher) => {
  expect(publisherOf(name)).toEqual(publisher);
});

test.each([
  ['javascript:alert(1)'],
  ['data:text/html,x'],
  ['file:///etc/passwd'],
  ['https://user:secret@example.com/'],
  ['//example.com'],
  [42],
  [`https://example.com/${'x'.repeat(3_000)}`],
])('%s is no address to link to', (url) => {
  const entry = entryOf({
    websiteUrl: url,
    repository: { url },
    packages: [{ registryType: 'mcpb', identifier: url }],
  });
  expect([entry.websiteUrl, entry.repository, entry.packages[0]?.url ?? null]).toEqual([null, null, null]);
});
