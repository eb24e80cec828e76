import { expect, test } from 'vitest';
import { groupOf } from '../schema-form/node.ts';
import {
  byName,
  byUri,
  denyingPattern,
  editedFrom,
  isShown,
  rulesFrom,
  type Selection,
  withArgument,
  withChange,
  withLaterOnes,
  withShown,
} from './view-rules.ts';

const EVERYTHING: Selection = { allow: null, deny: [] };
const NOTHING_CHANGED = {
  tools: { allow: null, deny: [], changes: {} },
  prompts: EVERYTHING,
  resources: EVERYTHING,
  instructions: null,
};
const schema = {
  type: 'object',
  properties: { repo: { type: 'string' }, count: { type: 'integer' }, free: {} },
};
const nodeOf = (_tool: string, argument: string) =>
  groupOf(schema).members.find(({ name }) => name === argument)?.node ?? null;

test.each<[string, Selection, boolean, Selection]>([
  ['hides a tool by its name', EVERYTHING, false, { allow: null, deny: ['get_issue'] }],
  ['shows a tool that its name hides', { allow: null, deny: ['get_issue'] }, true, EVERYTHING],
  ['takes a tool from the allowed ones', { allow: ['get_issue', 'x'], deny: [] }, false, { allow: ['x'], deny: [] }],
  [
    'hides a tool that a pattern allows',
    { allow: ['get_*'], deny: [] },
    false,
    { allow: ['get_*'], deny: ['get_issue'] },
  ],
  ['adds a tool to the allowed ones', { allow: [], deny: [] }, true, { allow: ['get_issue'], deny: [] }],
  [
    'adds nothing that a pattern allows',
    { allow: ['get_*'], deny: ['get_issue'] },
    true,
    { allow: ['get_*'], deny: [] },
  ],
])('%s', (_name, before, on, after) => {
  const changed = withShown(before, 'get_issue', on, byName);
  expect(changed).toEqual(after);
  expect(isShown(changed, 'get_issue', byName)).toBe(on);
});

test('names the pattern that hides a thing, and not the thing itself', () => {
  expect(denyingPattern({ allow: null, deny: ['get_issue', 'get_*'] }, 'get_issue', byName)).toBe('get_*');
  expect(denyingPattern({ allow: null, deny: ['get_issue'] }, 'get_issue', byName)).toBeNull();
  expect(isShown({ allow: ['docs://{page}'], deny: [] }, 'docs://a', byUri)).toBe(true);
});

test('what becomes of later tools changes nothing about those that exist', () => {
  const all = ['a', 'b', 'secret_c'];
  const closed = withLaterOnes({ allow: null, deny: ['secret_*'] }, all, false, byName);
  expect(closed).toEqual({ allow: ['a', 'b'], deny: ['secret_*'] });
  const open = withLaterOnes({ allow: ['a'], deny: ['secret_*'] }, all, true, byName);
  expect(open).toEqual({ allow: null, deny: ['secret_*', 'b'] });
  expect(withLaterOnes(open, all, true, byName)).toBe(open);
});

test('rules come out of editing as they went in', () => {
  const rules = {
    ...NOTHING_CHANGED,
    tools: {
      allow: ['*'],
      deny: ['x'],
      changes: {
        tool: {
          name: 'other',
          arguments: { repo: { fixed: 'a "b"' }, count: { fixed: 3 }, free: { fixed: 'text' }, gone: { hidden: true } },
        },
      },
    },
    instructions: '',
  };
  expect(rulesFrom(editedFrom(rules, nodeOf))).toEqual({ rules, problems: [] });
});

test('reports a fixed value that is not JSON, at its argument', () => {
  const view = withArgument(NOTHING_CHANGED, 'tool', 'count', { mode: 'fixed', isText: false, text: '3,' });
  expect(rulesFrom(view).problems).toEqual([{ tool: 'tool', argument: 'count' }]);
  const text = withArgument(NOTHING_CHANGED, 'tool', 'repo', { mode: 'fixed', isText: true, text: '3,' });
  expect(rulesFrom(text)).toMatchObject({
    problems: [],
    rules: { tools: { changes: { tool: { arguments: { repo: { fixed: '3,' } } } } } },
  });
});

test('a change that is taken back leaves no trace', () => {
  const renamed = withChange(NOTHING_CHANGED, 'tool', { name: 'other' });
  expect(renamed.tools.changes).toEqual({ tool: { name: 'other' } });
  expect(withChange(renamed, 'tool', { name: '' })).toEqual(NOTHING_CHANGED);
  const hidden = withArgument(NOTHING_CHANGED, 'tool', 'repo', { mode: 'hidden' });
  expect(withArgument(hidden, 'tool', 'repo', null)).toEqual(NOTHING_CHANGED);
});
