import { expect, test } from 'vitest';
import { type Capability, capabilitiesOf } from './capabilities.ts';
import { requestDraftKey, requestDraftOf } from './request-draft.ts';

const toolWith = (inputSchema: unknown): Capability => {
  const [tool] = capabilitiesOf({ tools: [{ name: 'greet', inputSchema }], prompts: [], resources: [] });
  if (!tool) throw new Error('There is no tool.');
  return tool;
};

test('finds a draft again when the schema comes from elsewhere with its members in another order', () => {
  const listed = toolWith({ type: 'object', properties: { name: { type: 'string', title: 'Name' } } });
  const stored = toolWith({ properties: { name: { title: 'Name', type: 'string' } }, type: 'object' });
  const changed = toolWith({ properties: { name: { title: 'Name', type: 'number' } }, type: 'object' });
  expect(requestDraftKey('d1', stored, null)).toBe(requestDraftKey('d1', listed, null));
  expect(requestDraftKey('d1', changed, null)).not.toBe(requestDraftKey('d1', listed, null));
});

test('fills in the form where it has a field for each argument, else the JSON', () => {
  const { schema } = toolWith({ type: 'object', properties: { name: { type: 'string' } } });
  expect(requestDraftOf(schema, { name: 'Ann' })).toMatchObject({ mode: 'form', form: { name: 'Ann' } });
  expect(requestDraftOf(schema, { name: 'Ann', age: 3 })).toMatchObject({ mode: 'json', form: null });
});
