import { expect, test } from 'vitest';
import { sentence, typeLabel } from './sentences.ts';

test('describes entries in sentences', () => {
  expect(sentence('credentials.updated', { version: 2, set: ['API_KEY'], unset: [] })).toBe(
    'Changed credentials of {deployment}: set API_KEY',
  );
  expect(sentence('user.signed-in', { method: 'github' })).toBe('Signed in with GitHub');
  expect(sentence('deployment.status', { from: 'DEPLOYING', to: 'FAILED', code: 'NO_BIN' })).toBe(
    '{deployment} failed (NO_BIN)',
  );
  expect(sentence('device.allowed', { name: 'laptop', scope: 'READ' })).toBe(
    'Allowed laptop read-only access to the account',
  );
});

test('shows an unknown type by its name', () => {
  expect(sentence('oauth-client.disconnected', { anything: true })).toBe('oauth client disconnected');
  expect(typeLabel('oauth-client.disconnected')).toBe('oauth client disconnected');
});
