import { expect, test } from 'vitest';
import { keyProblem } from './key-problem.ts';

test.each(['', '  ', 'ghp_abc', ' sk-or-v1-abc\n', 'FlyV1 fm2_a,fm2_b', 'Bearer abc'])('%j may be a key', (text) => {
  expect(keyProblem(text)).toBeNull();
});

test.each(['two words', 'a\tb', 'FlyV1 a b', 'schlüssel', '••••abcd'])('%j is none', (text) => {
  expect(keyProblem(text)).not.toBeNull();
});
