import { expect, test } from 'vitest';
import { entryWords, tsqueryOf } from './words.ts';

test.each([
  ['GitHub Issues', "'github':* & 'issues':*"],
  ['notes mcp server', "'notes':*"],
  ['MCP server', null],
  ['io.github.ann/weather-mcp', "'ann':* & 'weather':*"],
  ['https://github.com/ann/weather', "'ann':* & 'weather':*"],
  ['github.com', "'github':* & 'com':*"],
  ['  ', null],
  [`'; DROP TABLE "RegistryServer"; --`, "'drop':* & 'table':* & 'registryserver':*"],
  ['a:* | !b <-> (c)', "'b':* & 'c':*"],
  ['Ärzte 北京', "'ärzte':* & '北京':*"],
])('%s is asked for as words', (text, query) => {
  expect(tsqueryOf(text)).toBe(query);
});

test('many words, and long ones, are cut', () => {
  const query = tsqueryOf(Array.from({ length: 50 }, (_, at) => `word${at}${'x'.repeat(100)}`).join(' ')) ?? '';
  expect(query.split(' & ')).toHaveLength(8);
  expect(query.length).toBeLessThan(400);
});

test('an entry is found by the parts of its name, its publisher, its packages, and ends of words', () => {
  const words = entryWords({
    name: 'com.acme.tools/getMyHTTPServer',
    title: 'Acme Tools',
    description: 'Reads HTTP.',
    packages: [{ identifier: '@acme/http-mcp' }],
  });
  expect(words.name.split(' ')).toEqual(['getmyhttpserver', 'get', 'my', 'http', 'server', 'acme', 'tools']);
  expect(words.publisher.split(' ')).toEqual(['acme', 'tools', 'acme', 'http', 'mcp']);
  expect(words.description).toBe('reads http');
  expect(words.suffixes.split(' ')).toEqual(expect.arrayContaining(['cme', 'ools', 'ols', 'ttp']));
});
