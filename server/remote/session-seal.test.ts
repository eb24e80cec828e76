import { expect, test } from 'vitest';
import { createSessionSeal } from './session-seal.ts';

const { seal, open } = createSessionSeal('the-secret-of-the-release');

test.each(['5f3c', 'with.dots.and~signs', ''])('opens the session id %j for its own caller', (id) => {
  expect(open('alice', seal('alice', id))).toBe(id);
  expect(createSessionSeal('the-secret-of-the-release').open('alice', seal('alice', id))).toBe(id);
});

test('opens no session id of another caller or another release', () => {
  expect(open('bob', seal('alice', 'id'))).toBeNull();
  expect(createSessionSeal('another').open('alice', seal('alice', 'id'))).toBeNull();
});

test('opens no session id that was changed or was never sealed', () => {
  const sealed = seal('alice', 'id');
  const changed = [
    sealed.slice(1),
    `${sealed}x`,
    `A${sealed}`,
    sealed.replace('.', ''),
    'id',
    '',
    `${'é'.repeat(22)}.id`,
  ];
  expect(changed.map((one) => open('alice', one))).toEqual(changed.map(() => null));
});
