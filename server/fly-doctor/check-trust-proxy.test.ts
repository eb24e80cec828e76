import { expect, test } from 'vitest';
import { readEnv } from '../env.ts';
import { checkTrustProxy } from './check-trust-proxy.ts';

test.each([
  [{ TRUST_PROXY: 'fly' }, 'ok'],
  [{ TRUST_PROXY: '1' }, 'missing'],
  [{}, 'missing'],
  [{ TRUST_PROXY: '2' }, 'warning'],
  [{ TRUST_PROXY: '10.0.0.0/8' }, 'warning'],
] as const)('with %j the proxy in front is %s', (variables, state) => {
  expect(checkTrustProxy(readEnv(variables)).state).toBe(state);
});
