import { expect, test } from 'vitest';
import { checkKeyText } from './check-key-text.ts';

test.each(['', '  ', 'ghp_abc', ' sk-or-v1-abc\n', 'FlyV1 fm2_a,fm2_b', 'Bearer abc'])('accepts %j', (text) => {
  expect(checkKeyText(text)).toBeNull();
});

test.each(['two words', 'a\tb', 'FlyV1 a b', 'schlüssel', '••••abcd'])('rejects %j', (text) => {
  expect(checkKeyText(text)).not.toBeNull();
});
