import { expect, test } from 'vitest';
import { parseRoots } from './session-settings.ts';

test('reads roots from paths and file URIs, each once', () => {
  expect(parseRoots('/home/a b\n\n file:///srv \nfile:///srv')).toEqual({
    roots: ['file:///home/a%20b', 'file:///srv'],
  });
  expect(parseRoots('')).toEqual({ roots: [] });
});

test('refuses other addresses', () => {
  expect(parseRoots('https://example.com')).toEqual({
    problem: 'Enter a path or a file: URI, not “https://example.com”.',
  });
  expect(parseRoots(Array.from({ length: 51 }, (_, at) => `/${at}`).join('\n'))).toEqual({
    problem: 'Enter up to 50 roots (currently 51).',
  });
});
