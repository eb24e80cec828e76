import { expect, test } from 'vitest';
import { findHarmlessTool } from './harmless-tool.ts';

const tool = (
  name: string,
  annotations: unknown = { readOnlyHint: true },
  inputSchema: unknown = { type: 'object' },
) => ({
  name,
  annotations,
  inputSchema,
});
const found = (...tools: ReturnType<typeof tool>[]) => findHarmlessTool(tools)?.name ?? null;

test('takes no tool that may change something, or that does not say so', () => {
  expect(found(tool('list_orbits', null), tool('get_me', {}), tool('me', { readOnlyHint: false }))).toBeNull();
  expect(found(tool('me', { readOnlyHint: true, destructiveHint: true }))).toBeNull();
});

test('takes no tool that needs arguments', () => {
  expect(found(tool('search', { readOnlyHint: true }, { type: 'object', required: ['query'] }))).toBeNull();
  expect(found(tool('search', { readOnlyHint: true }, { type: 'object', required: [] }))).toBe('search');
  expect(found(tool('search', { readOnlyHint: true }, null))).toBe('search');
});

test('prefers a tool that says who the caller is, then one that reads', () => {
  expect(found(tool('orbit'), tool('list_orbits'), tool('getCurrentUser'))).toBe('getCurrentUser');
  expect(found(tool('orbit'), tool('listOrbits'))).toBe('listOrbits');
  expect(found(tool('orbit'), tool('planets'))).toBe('orbit');
});
