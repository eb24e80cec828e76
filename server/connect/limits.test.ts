import { expect, test } from 'vitest';
import { CLIENT_KEYS } from './guides.ts';
import { LIMIT_KEYS, LIMITS, LIMITS_OF_CLIENTS } from './limits.ts';

test('names limits only of clients that have a guide, each with a sign, a reason and a remedy', () => {
  for (const [client, limits] of Object.entries(LIMITS_OF_CLIENTS)) {
    expect(CLIENT_KEYS).toContain(client);
    expect(limits.length).toBeGreaterThan(0);
  }
  for (const key of LIMIT_KEYS) for (const sentence of Object.values(LIMITS[key])) expect(sentence).toMatch(/\.$/);
});
