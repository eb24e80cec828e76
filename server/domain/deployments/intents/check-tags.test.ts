import { expect, test } from 'vitest';
import { UserError } from '#server/domain/errors.ts';
import { checkTags } from './check-tags.ts';

test('trims tags, and keeps each once whatever its case', () => {
  expect(checkTags([' team  a ', 'Prod', 'prod', ''])).toEqual(['team a', 'prod']);
});

test('refuses too many tags, long ones, and those with a comma', () => {
  const many = Array.from({ length: 21 }, (_, index) => `tag ${index}`);
  for (const tags of [many, ['x'.repeat(41)], ['a,b']]) expect(() => checkTags(tags)).toThrow(UserError);
  expect(checkTags(many.slice(1))).toHaveLength(20);
});
