import { expect, test } from 'vitest';
import { absoluteSource } from './local-source.ts';

test.each([
  ['./my-server', '/home/me/my-server'],
  ['../my-server/', '/home/my-server'],
  ['.', '/home/me'],
  ['..', '/home'],
  ['/srv/x', '/srv/x'],
  ['my-server.tgz', '/home/me/my-server.tgz'],
  ['dist/my-server.tar.gz', '/home/me/dist/my-server.tar.gz'],
  ['file:./my-server', '/home/me/my-server'],
  ['file:///srv/x', '/srv/x'],
])('makes the path %s absolute', (source, path) => {
  expect(absoluteSource(source, '/home/me')).toBe(path);
});

test.each([
  'owner/repo',
  '@scope/name',
  'name@1.2.3',
  'pypi:name',
  'https://github.com/owner/repo',
  'https://example.com/a.tgz',
  '~/my-server',
  '{"mcpServers": {}}',
  'npx -y some-server',
])('leaves %s as it was typed', (source) => {
  expect(absoluteSource(source, '/home/me')).toBe(source);
});
