import { expect, test } from 'vitest';
import { parseAllowed } from './parse-allowed.ts';

test('reads addresses and domains, however they are separated, each once', () => {
  expect(parseAllowed(' Ann@Example.com,acme.test\n@acme.test; bob@acme.test ')).toEqual({
    allowed: ['ann@example.com', '@acme.test', 'bob@acme.test'],
    wrong: null,
  });
  expect(parseAllowed('')).toEqual({ allowed: [], wrong: null });
});

test.each(['nobody', 'a@b', 'a@b@c.de', '@'])('%j is neither', (text) => {
  expect(parseAllowed(`ann@example.com\n${text}`).wrong).not.toBeNull();
});
