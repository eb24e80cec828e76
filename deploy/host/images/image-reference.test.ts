import { expect, test } from 'vitest';
import { apiHostOf, parseImageReference, registryOrigin } from './image-reference.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;

test.each([
  ['redis', 'docker.io', 'library/redis', 'latest', null],
  ['mcp/notes:1', 'docker.io', 'mcp/notes', '1', null],
  ['docker.io/redis', 'docker.io', 'library/redis', 'latest', null],
  ['index.docker.io/mcp/notes', 'docker.io', 'mcp/notes', 'latest', null],
  ['ghcr.io/a/b/c:v1.2-x', 'ghcr.io', 'a/b/c', 'v1.2-x', null],
  ['localhost/notes', 'localhost', 'notes', 'latest', null],
  ['localhost:5000/notes:2', 'localhost:5000', 'notes', '2', null],
  [`ghcr.io/a/b@${DIGEST}`, 'ghcr.io', 'a/b', null, DIGEST],
  [`ghcr.io/a/b:1@${DIGEST}`, 'ghcr.io', 'a/b', '1', DIGEST],
])('%s is read as container engines read it', (text, registry, repository, tag, digest) => {
  expect(parseImageReference(text)).toEqual({ registry, repository, tag, digest });
});

test.each([
  '',
  'Upper/case',
  'a//b',
  'a/../b',
  'a b',
  'ghcr.io/a:tag:tag',
  'ghcr.io/a@sha256:1',
  'https://ghcr.io/a',
  'user@host.example/a',
  'ghcr.io/a?x=1',
  'ghcr.io/a#b',
  '-host.example/a',
  `${'a'.repeat(600)}`,
])('%j is not the name of an image', (text) => expect(parseImageReference(text)).toBeNull());

test('the registry of Docker Hub answers under another name, and only a named origin goes without TLS', () => {
  expect(apiHostOf('docker.io')).toBe('registry-1.docker.io');
  expect(registryOrigin('docker.io', [])).toBe('https://registry-1.docker.io');
  expect(registryOrigin('localhost:5000', ['http://localhost:5001'])).toBe('https://localhost:5000');
  expect(registryOrigin('localhost:5000', ['http://localhost:5000'])).toBe('http://localhost:5000');
});
