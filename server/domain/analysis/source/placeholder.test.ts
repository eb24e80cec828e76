import { expect, test } from 'vitest';
import { placeholdersIn, realValueOf, wholePlaceholder } from './placeholder.ts';

test.each([
  ['<token>', 'token'],
  ['<your API key>', 'your API key'],
  ['${API_KEY}', 'API_KEY'],
  ['${API_KEY:-x}', 'API_KEY'],
  ['${input:api-key}', 'api-key'],
  ['${env:API_KEY}', 'API_KEY'],
  ['%API_KEY%', 'API_KEY'],
  ['{{apiKey}}', 'apiKey'],
  ['$API_KEY', 'API_KEY'],
  ['YOUR_API_KEY', null],
  ['your-token-here', null],
  ['xxxx', null],
  ['sk-...', null],
  ['sk-ant-xxxxxxxx', null],
  ['/path/to/folder', null],
  ['', null],
])('%j is a placeholder named %s', (text, name) => {
  expect(wholePlaceholder(text)).toMatchObject({ name });
});

test.each([
  ['eu-west-1'],
  ['sk-live-2f9c'],
  ['/srv/data'],
  ['https://example.com/a?b=c'],
  ['100%'],
  ['a < b'],
  ['stdio'],
  ['username'],
  ['{"json": true}'],
])('%j is a value', (text) => {
  expect(placeholdersIn(text)).toEqual([]);
  expect(realValueOf(text)).toBe(text);
});

test('finds each placeholder within a text', () => {
  const text = 'mysql://${DB_USER}:${DB_PASSWORD}@%DB_HOST%:3306/<name>';
  expect(placeholdersIn(text).map(({ name }) => name)).toEqual(['DB_USER', 'DB_PASSWORD', 'DB_HOST', 'name']);
  expect(placeholdersIn(text).map(({ start, end }) => text.slice(start, end))[1]).toBe('${DB_PASSWORD}');
  expect(wholePlaceholder(text)).toBeNull();
});

test('only a default makes a value of a placeholder', () => {
  expect(realValueOf('${HOST:-cloud.example}')).toBe('cloud.example');
  expect(realValueOf('${HOST}')).toBeNull();
  expect(realValueOf('Bearer ${TOKEN}')).toBeNull();
});
