import { expect, test } from 'vitest';
import { checkSlug, slugOf } from './slug.ts';

test.each([
  ['Weather Server', 'weather-server'],
  ['@scope/GitHub  (work)', 'scope-github-work'],
  ['3 little pigs', 'little-pigs'],
  ['Größe', 'gr-e'],
  ['天気', 'server'],
  ['ab', 'ab-server'],
  ['SSE', 'sse-server'],
  ['x'.repeat(80), 'x'.repeat(31)],
  [`${'x'.repeat(30)} y`, 'x'.repeat(30)],
])('the name %s suggests the short name %s, which is valid', (name, slug) => {
  expect(slugOf(name)).toBe(slug);
  expect(checkSlug(slug)).toBe(slug);
});

test.each(['', 'ab', '1st', '-a-b', 'a_b', 'Weather', 'a'.repeat(41), 'a b c', 'a/b', 'größe', 'sse', 'server-card'])(
  'the short name “%s” is refused with the field and a sentence',
  (slug) => {
    expect(() => checkSlug(slug)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', fields: [{ field: 'slug', message: expect.any(String) }] }),
    );
  },
);

test('a short name cannot look like the id of another deployment', () => {
  expect(() => checkSlug('abcdef01-2345-4678-9abc-def012345678')).toThrow('look like an id');
});
