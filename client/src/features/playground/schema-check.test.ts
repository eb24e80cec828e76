import { expect, test } from 'vitest';
import { checkStructured } from './schema-check.ts';

const schema = { type: 'object', properties: { degrees: { type: 'number' } }, required: ['degrees'] };

test('tells whether structured content matches the output schema, and where it does not', async () => {
  expect(await checkStructured(schema, { degrees: 21 })).toEqual({ isValid: true });
  const wrong = await checkStructured(schema, { degrees: 'warm' });
  expect(wrong.isValid).toBe(false);
  expect(JSON.stringify(wrong)).toContain('degrees');
});
