import { expect, test } from 'vitest';
import { parseAllowed } from './parse-allowed.ts';

test('reads each address and domain once, with any separator', () => {
  expect(parseAllowed(' Ann@Example.com,acme.test\n@acme.test; bob@acme.test ')).toEqual({
    allowed: ['ann@example.com', '@acme.test', 'bob@acme.test'],
    wrong: null,
  });
  expect(parseAllowed('')).toEqual({ allowed: [], wrong: null });
});

test.each(['word', 'a@b', 'a@b@c.de', '@'])('reports %j as neither an address nor a domain', (text) => {
  expect(parseAllowed(`ann@example.com\n${text}`).wrong).not.toBeNull();
});
