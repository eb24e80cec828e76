import { expect, test } from 'vitest';
import { changesBetween, listKey } from '#server/domain/deployments/rows/offer.ts';
import { checkRules } from '#server/domain/deployments/views/rules.ts';
import { digestsInView } from './asleep-view.ts';

const VERSION = '2025-11-25';
const offerOf = (...tools: object[]) => ({
  openings: {},
  lists: { [listKey(VERSION, 'tools/list')]: JSON.stringify({ tools }) },
});
const viewOf = (tools: object) => ({ id: 'v1', name: 'v', revision: 1, rules: checkRules({ tools }) });
const READ = { name: 'read', inputSchema: { type: 'object' } };
const DELETE = { name: 'delete', inputSchema: { type: 'object' } };
const VIEW = viewOf({ deny: ['delete'] });
const before = digestsInView(offerOf(READ, DELETE), VIEW);

test('a change of something that a view hides changes none of its lists', () => {
  const after = digestsInView(offerOf(READ, { ...DELETE, title: 'Hidden' }), VIEW);
  expect(changesBetween(VERSION, before, after)).toEqual([]);
  const others = digestsInView(offerOf(READ, DELETE), viewOf({ deny: ['del*'] }));
  expect(changesBetween(VERSION, before, others)).toEqual([]);
});

test('a change that a view shows, of the server or of its rules, changes its list', () => {
  const shown = digestsInView(offerOf({ ...READ, title: 'Shown' }, DELETE), VIEW);
  const ruled = digestsInView(offerOf(READ, DELETE), viewOf({}));
  for (const after of [shown, ruled])
    expect(changesBetween(VERSION, before, after)).toEqual(['notifications/tools/list_changed']);
  expect(digestsInView(null, VIEW)).toBeNull();
});
