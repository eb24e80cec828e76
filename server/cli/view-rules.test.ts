import { expect, test } from 'vitest';
import { withRuleOptions } from './view-rules.ts';

const FILE = {
  tools: {
    allow: ['get_*'],
    deny: ['get_secret'],
    changes: { get_issue: { name: 'issue', description: 'Reads.' }, get_user: { name: 'user' } },
  },
  instructions: 'Read only.',
};

test('rules of a file stay as they are without options', () => {
  expect(withRuleOptions(FILE, {})).toEqual(FILE);
});

test('an option replaces the rule that it names, and keeps what the file denies and changes', () => {
  expect(withRuleOptions(FILE, { allow: ['*'] })).toEqual({ ...FILE, tools: { ...FILE.tools, allow: ['*'] } });
  expect(withRuleOptions(FILE, { rename: ['get_issue=bug', 'a=b=c'] })).toEqual({
    ...FILE,
    tools: {
      ...FILE.tools,
      changes: {
        get_issue: { name: 'bug', description: 'Reads.' },
        get_user: { name: 'user' },
        a: { name: 'b=c' },
      },
    },
  });
});

test('options make the rules of a view that has no file', () => {
  expect(withRuleOptions({}, { allow: ['get_*'], deny: ['get_secret'] })).toEqual({
    tools: { allow: ['get_*'], deny: ['get_secret'], changes: {} },
  });
  expect(() => withRuleOptions({}, { rename: ['=x'] })).toThrow('Write --rename tool=name');
});
