import { expect, test } from 'vitest';
import { judgeAddress } from './address-steps.ts';

test.each([
  ['https://catwalk.example.com', 'PASSED', 'port 443'],
  ['http://localhost:3000', 'WARNING', 'this computer alone'],
  ['http://127.0.0.1:3000', 'WARNING', 'this computer alone'],
  ['http://catwalk.example.com', 'WARNING', 'not encrypted'],
  ['https://catwalk.example.com:8443', 'WARNING', 'port 8443'],
  ['https://203.0.113.9', 'WARNING', 'bare address'],
  ['https://[2001:db8::1]', 'WARNING', 'bare address'],
])('%s: %s, %s', (publicUrl, state, words) => {
  expect(judgeAddress(publicUrl)).toMatchObject({ state, seen: expect.stringContaining(words) });
});
