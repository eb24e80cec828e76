import { expect, test } from 'vitest';
import { parseDotenv } from './dotenv.ts';

test('reads an .env file: comments, exports, quotes, empty values and values with equal signs', () => {
  const text = [
    '# keys',
    'API_KEY=sk-1234==',
    'export TOKEN="two words"',
    "NAME='single # not a comment'",
    'PLAIN=value # a comment',
    'EMPTY=',
    'LINES="a\\nb"',
  ].join('\r\n');
  expect(parseDotenv(text)).toEqual([
    { name: 'API_KEY', value: 'sk-1234==' },
    { name: 'TOKEN', value: 'two words' },
    { name: 'NAME', value: 'single # not a comment' },
    { name: 'PLAIN', value: 'value' },
    { name: 'EMPTY', value: '' },
    { name: 'LINES', value: 'a\nb' },
  ]);
});

test('reads the env block of a client configuration', () => {
  expect(parseDotenv('"env": {\n  "BRAVE_API_KEY": "abc",\n  "MODE": "fast"\n}')).toEqual([
    { name: 'BRAVE_API_KEY', value: 'abc' },
    { name: 'MODE', value: 'fast' },
  ]);
});

test('keeps the last of several lines with one name, and ignores prose', () => {
  expect(parseDotenv('A=1\nA=2\nThis is a sentence.')).toEqual([{ name: 'A', value: '2' }]);
});
