import { expect, test } from 'vitest';
import { verificationOf } from './verification.ts';

const candidate = { deployable: true, verified: true, verdict: 'MCP_SERVER', runtime: 'NPM' };

test('confirms a package that belongs to the pasted repository', () => {
  expect(verificationOf(candidate, 'https://github.com/upstash/context7')).toBe(
    'Publisher verified: npm package matches its repository',
  );
  expect(verificationOf({ ...candidate, runtime: 'PYPI' }, 'owner/repo')).toContain('PyPI package');
});

test('confirms nothing about folders, named packages and code of the repository itself', () => {
  expect(verificationOf(candidate, '/home/me/server')).toBeNull();
  expect(verificationOf(candidate, 'firecrawl-mcp')).toBeNull();
  expect(verificationOf({ ...candidate, runtime: 'GIT' }, 'owner/repo')).toBeNull();
});

test('warns about a package that does not belong to its source', () => {
  expect(verificationOf({ ...candidate, verified: false }, 'owner/repo')).toBe('Not verified');
});

test('confirms nothing about anything except a deployable MCP server', () => {
  expect(verificationOf({ ...candidate, verdict: 'NOT_MCP' }, 'owner/repo')).toBeNull();
  expect(verificationOf({ ...candidate, deployable: false }, 'owner/repo')).toBeNull();
});
