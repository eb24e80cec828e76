import { expect, test } from 'vitest';
import { decideSignUp } from './sign-up.ts';

const limited = { mode: 'LIMITED' as const, allowed: ['ann@example.com', '@acme.test'] };

test.each([
  ['ann@example.com', true],
  [' Ann@Example.com ', true],
  ['bob@acme.test', true],
  ['bob@example.com', false],
  ['bob@evil-acme.test', false],
  ['bob@acme.test.evil.test', false],
  ['bob@sub.acme.test', false],
  ['bob@acme.test@evil.test', false],
  ['acme.test', false],
])('while sign-up is limited, %j: %j', (email, allowed) => {
  expect(decideSignUp(limited, email, true).allowed).toBe(allowed);
});

test('an address that nobody vouches for is not enough', () => {
  expect(decideSignUp(limited, 'ann@example.com', false)).toEqual({
    allowed: false,
    message: 'This Catwalk asks for proof of your address: sign in with GitHub.',
  });
});

test('open is open and closed is closed, whatever the address', () => {
  expect(decideSignUp({ mode: 'OPEN', allowed: [] }, 'bob@example.com', false).allowed).toBe(true);
  expect(decideSignUp({ mode: 'CLOSED', allowed: ['bob@example.com'] }, 'bob@example.com', true).allowed).toBe(false);
});
