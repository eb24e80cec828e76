import { expect, test } from 'vitest';
import { type Draft, draftOf, fits, readDraft } from './draft.ts';
import { groupOf } from './node.ts';

const node = groupOf({
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 2 },
    count: { type: 'integer', minimum: 1, maximum: 9, default: 3 },
    mail: { type: 'string', format: 'email' },
    mode: { enum: ['fast', 7] },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 2 },
    place: { type: 'object', properties: { city: { type: 'string' }, zip: { type: 'string' } }, required: ['city'] },
    extra: { type: 'object' },
  },
  required: ['name'],
});
const empty = draftOf(node);
const filled = (draft: Record<string, Draft>) =>
  readDraft(node, { ...(typeof empty === 'object' && !Array.isArray(empty) ? empty : {}), ...draft });

test('reads only the values that are set, each in its own type', () => {
  const draft = { name: 'ab', mode: '1', tags: ['x'], place: { city: 'Oslo', zip: '' }, extra: '{"a": [1]}' };
  expect(filled(draft)).toEqual({
    value: { name: 'ab', count: 3, mode: 7, tags: ['x'], place: { city: 'Oslo' }, extra: { a: [1] } },
    problems: [],
  });
});

test('leaves out an optional object in which nothing is set, and checks one that is half filled', () => {
  expect(filled({ name: 'ab' }).value).not.toHaveProperty('place');
  expect(filled({ name: 'ab', place: { city: '', zip: '1' } }).problems).toEqual([
    { path: 'place.city', message: 'Required.' },
  ]);
});

test('reports every violation at its own path', () => {
  const { problems } = filled({ name: '', count: '9.5', mail: 'me', tags: ['a', '', 'c'], extra: '{' });
  expect(problems.map(({ path }) => path)).toEqual(['name', 'count', 'mail', 'tags', 'tags.1', 'extra']);
  expect(filled({ name: 'a' }).problems[0]?.message).toBe('At least 2 characters (currently 1).');
  expect(filled({ name: 'ab', count: '10' }).problems[0]?.message).toBe('Enter 9 or less.');
});

test('restores a value through the form, and notices members that the form would lose', () => {
  const value = { name: 'ab', count: 4, tags: ['a'], place: { city: 'Oslo' }, extra: { deep: { a: null } } };
  expect(readDraft(node, draftOf(node, value)).value).toEqual(value);
  expect(fits(node, value)).toBe(true);
  expect(fits(node, { ...value, other: 1 })).toBe(false);
});
