import { expect, test } from 'vitest';
import { changesBetween, differ, digestsOf, listKey } from './offer.ts';

const V = '2025-11-25';
const answers = (tools: string, templates = '{}') => ({
  openings: { [V]: '{}' },
  lists: {
    [listKey(V, 'tools/list')]: tools,
    [listKey(V, 'tools/list', '"p2"')]: 'another page',
    [listKey(V, 'resources/list')]: '{}',
    [listKey(V, 'resources/templates/list')]: templates,
    [listKey('2026-07-28', 'tools/list')]: '{}',
  },
});

test('names the lists that changed, to clients of the version whose answers changed', () => {
  const before = digestsOf(answers('{"tools":[]}'));
  expect(changesBetween(V, before, digestsOf(answers('{"tools":[1]}')))).toEqual(['notifications/tools/list_changed']);
  expect(changesBetween(V, before, digestsOf(answers('{"tools":[]}', '{"t":1}')))).toEqual([
    'notifications/resources/list_changed',
  ]);
  expect(changesBetween('2026-07-28', before, digestsOf(answers('{"tools":[1]}')))).toEqual([]);
  expect(changesBetween('', before, digestsOf(answers('{"tools":[1]}')))).toEqual(['notifications/tools/list_changed']);
  expect(changesBetween(V, before, before)).toEqual([]);
});

test('a list that was not read on both sides has not changed', () => {
  const before = digestsOf(answers('{}'));
  expect(changesBetween(V, before, null)).toEqual([]);
  expect(changesBetween(V, null, before)).toEqual([]);
  expect(changesBetween(V, before, digestsOf({ openings: {}, lists: {} }))).toEqual([]);
});

test('two readings differ by an answer to the same question, and not by what only one of them knows', () => {
  expect(differ(answers('{}'), answers('{}'))).toBe(false);
  expect(differ(answers('{}'), { openings: {}, lists: {} })).toBe(false);
  expect(differ(answers('{}'), answers('{"tools":[]}'))).toBe(true);
  expect(differ(answers('{}'), { openings: { [V]: '{"other":1}' }, lists: {} })).toBe(true);
});
