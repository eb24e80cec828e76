import { expect, test } from 'vitest';
import { givenArguments } from './given-arguments.ts';

test('arguments of an earlier call fill the form, unless they are no whole JSON object', () => {
  expect(givenArguments({ arguments: '{"a":1}' })).toBe('{\n  "a": 1\n}');
  for (const state of [null, undefined, 7, {}, { arguments: null }, { arguments: '{"a":"b…' }, { arguments: '[1]' }])
    expect(givenArguments(state)).toBeNull();
});
