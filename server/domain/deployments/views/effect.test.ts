import { expect, test } from 'vitest';
import type { Snapshot } from '../rows/snapshot.ts';
import { effectOf } from './effect.ts';
import { checkRules } from './rules.ts';

const tool = (name: string, inputSchema: unknown = { type: 'object' }) => ({
  name,
  title: null,
  description: 'x'.repeat(400),
  inputSchema,
  outputSchema: null,
  annotations: null,
});
const SNAPSHOT: Snapshot = {
  serverInfo: null,
  protocolVersion: '2025-11-25',
  era: 'legacy',
  capabilities: {},
  instructions: 'Use delete_repo.',
  tools: [tool('get_issue', { type: 'object', properties: { id: {} }, required: ['id'] }), tool('delete_repo')],
  resources: [],
  prompts: [],
  notes: [],
};

test('tells the tools and the estimated tokens before and after', () => {
  const effect = effectOf(checkRules({ tools: { deny: ['delete_*'] } }), SNAPSHOT);
  expect(effect).toMatchObject({ toolsBefore: 2, toolsAfter: 1 });
  expect(effect?.tokensAfter).toBeLessThan((effect?.tokensBefore ?? 0) * 0.6);
  expect(effect?.tokensAfter).toBeGreaterThan(100);
  expect(effectOf(checkRules({}), null)).toBeNull();
});

test('everything that is shown costs what it cost before', () => {
  const effect = effectOf(checkRules({}), SNAPSHOT);
  expect([effect?.tokensAfter, effect?.notes]).toEqual([effect?.tokensBefore, []]);
});

test('names rules that do nothing, calls that will fail, and instructions that speak of hidden tools', () => {
  const rules = checkRules({
    tools: {
      deny: ['delete_*', 'nothing'],
      changes: { get_issue: { arguments: { id: { hidden: true } } }, gone: { name: 'g' } },
    },
  });
  expect(effectOf(rules, SNAPSHOT)?.notes).toEqual([
    '“nothing” matches no tool of the current release.',
    'Calls to “get_issue” will fail: its required argument “id” is hidden. Give it a fixed value.',
    'The current release has no tool “gone” to change.',
    "The server's instructions speak of delete_repo. Give the view instructions of its own.",
  ]);
});
