import { expect, test } from 'vitest';
import { editedMembers, hasProblems, isSame, memberInputs, prefixProblem, withMember } from './edited-members.ts';

const SAVED = editedMembers([
  { databaseId: 'd1', name: 'GitHub', prefix: 'github', view: 'read-only' },
  { databaseId: 'd2', name: 'Database', prefix: 'db', view: null },
]);

test('sends the members in order, and leaves an empty prefix to the server', () => {
  const members = withMember(SAVED, { databaseId: 'd3', name: 'Slack' });
  expect(memberInputs(members)).toEqual([
    { deploymentId: 'd1', view: 'read-only', prefix: 'github' },
    { deploymentId: 'd2', view: null, prefix: 'db' },
    { deploymentId: 'd3', view: null, prefix: null },
  ]);
  expect(isSame(members, SAVED)).toBe(false);
  expect(isSame(members.slice(0, 2), SAVED)).toBe(true);
});

test('one deployment can be a member twice, and each has a row of its own', () => {
  let members = SAVED;
  for (const name of ['GitHub', 'GitHub', 'GitHub']) members = withMember(members, { databaseId: 'd1', name });
  members = withMember(
    members.filter(({ key }) => key !== 'N2'),
    { databaseId: 'd1', name: 'GitHub' },
  );
  expect(new Set(members.map(({ key }) => key)).size).toBe(members.length);
});

test.each([
  ['Upper', 'lower-case'],
  ['with_underscore', 'lower-case'],
  ['1st', 'beginning with a letter'],
  ['db', 'Another server has the prefix “db”.'],
])('refuses the prefix %s', (prefix, reason) => {
  const members = SAVED.map((one, index) => (index === 0 ? { ...one, prefix } : one));
  expect(prefixProblem(members, members[0] ?? expect.fail())).toContain(reason);
  expect(hasProblems(members)).toBe(true);
});

test('accepts every saved prefix, and none for a new member', () => {
  expect(hasProblems(withMember(SAVED, { databaseId: 'd3', name: 'Slack' }))).toBe(false);
});
