import { expect, test } from 'vitest';
import { describeClients } from './supported-clients.ts';

test('names the versions that Catwalk translates, and none where the server supports all', () => {
  const every = 'Clients of every MCP version can connect.';
  expect(describeClients(['LEGACY'])).toBe(
    `${every} Catwalk translates for those of 2026-07-28, which the server does not support itself.`,
  );
  expect(describeClients(['MODERN'])).toContain('translates for those of 2025-11-25 and older');
  expect(describeClients(['LEGACY', 'MODERN'])).toBe(every);
  expect(describeClients([])).toBe(every);
});
