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

test.each(['LIMITED', 'OPEN'] as const)('while sign-up is %s, an address without proof is refused', (mode) => {
  expect(decideSignUp({ ...limited, mode }, 'ann@example.com', false)).toEqual({
    allowed: false,
    message: 'The address is not verified. Verify it at GitHub first.',
  });
});

test('open sign-up accepts every proven address and closed sign-up none', () => {
  expect(decideSignUp({ mode: 'OPEN', allowed: [] }, 'bob@example.com', true).allowed).toBe(true);
  expect(decideSignUp({ mode: 'CLOSED', allowed: ['bob@example.com'] }, 'bob@example.com', true).allowed).toBe(false);
});

test('an address of Catwalk itself is refused even while sign-up is open', () => {
  expect(decideSignUp({ mode: 'OPEN', allowed: [] }, 'Owner@catwalk.localhost ', true).allowed).toBe(false);
});
