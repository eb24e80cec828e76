import { expect, test } from 'vitest';
import { sentence } from './sentences.ts';

test('says what happened in words, and shows what it has no words for', () => {
  expect(sentence('credentials.updated', { version: 2, set: ['API_KEY'], unset: [] })).toBe('Set API_KEY');
  expect(sentence('user.signed-in', { method: 'github' })).toBe('Signed in with GitHub');
  expect(sentence('deployment.status', { from: 'DEPLOYING', to: 'FAILED', code: 'NO_BIN' })).toBe(
    'Went from deploying to failed (NO_BIN)',
  );
  expect(sentence('oauth-client.disconnected', { anything: true })).toBe('oauth client disconnected');
});
