import { expect, test } from 'vitest';
import { Secret } from '#server/domain/credentials/secret.ts';
import { createOAuthKeys } from './keys.ts';

const keys = createOAuthKeys(new Secret('k'.repeat(32)));

test('derives 256 bits that follow from the key, the purpose and the text', () => {
  const derived = keys.derive('client-id', 'text');
  expect(Buffer.from(derived, 'base64url')).toHaveLength(32);
  expect(createOAuthKeys(new Secret('k'.repeat(32))).derive('client-id', 'text')).toBe(derived);
  const others = [
    keys.derive('client-secret', 'text'),
    keys.derive('code', 'text'),
    keys.derive('client-id', 'other'),
    createOAuthKeys(new Secret('x'.repeat(32))).derive('client-id', 'text'),
  ];
  expect(new Set([derived, ...others]).size).toBe(5);
});

test('derives the same values in every release: clients and codes in use stay valid', () => {
  expect(keys.derive('client-id', 'text')).toMatchInlineSnapshot(`"EisrvWzOrYU1hNOe1wPIHTkUwJSGv7cTHHB9o8wkjNc"`);
  expect(keys.derive('client-secret', 'text')).toMatchInlineSnapshot(`"PYkEtbMyd1NtjEeTBrj2itKf6yNXcZSrEz47Vdtb1N8"`);
  expect(keys.derive('code', 'text')).toMatchInlineSnapshot(`"OMmStpvSVZil2AhOFd70Qb7o1UngtpuSea6OJyr6Y5g"`);
  expect(Buffer.from(keys.accessToken).toString('base64url')).toMatchInlineSnapshot(
    `"wUz5hgdvwnNrafjOerSc3S0OeTqdFNuP0smmkI7eEFQ"`,
  );
});
