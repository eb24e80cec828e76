import { expect, test } from 'vitest';
import { hostOf, presentableName } from './client.ts';

test.each([
  ['  Claude  ', 'Claude'],
  ['Cla\u202eude\u0000', 'Claude'],
  ['x'.repeat(81), 'x'.repeat(80)],
  ['\u200b ', 'An MCP client without a name'],
  ['', 'An MCP client without a name'],
  [undefined, 'An MCP client without a name'],
])('shows the name %j as %j', (name, shown) => {
  expect(presentableName(name)).toBe(shown);
});

test.each([
  ['DOCUMENT', 'https://client.example:8443/id.json', 'https://other.example', 'client.example:8443'],
  ['REGISTRATION', 'abc', 'https://client.example/about', 'client.example'],
  ['REGISTRATION', 'abc', null, null],
  ['REGISTRATION', 'abc', 'nonsense', null],
  ['REGISTRATION', 'abc', 'about:blank', null],
] as const)('a %s client %s with the website %s is known by the host %s', (source, id, uri, host) => {
  expect(hostOf({ source, id, uri })).toBe(host);
});
