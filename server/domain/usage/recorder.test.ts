import { expect, test } from 'vitest';
import { createUsageRecorder, type UsageBatch, type UsageCall } from './recorder.ts';

const call = (method: string): UsageCall => ({
  deploymentId: 'd',
  method,
  tool: '',
  status: 200,
  isError: false,
  era: 'legacy',
  translated: false,
  caller: 't',
  tokenId: 't',
  connectionId: null,
  cold: false,
  durationMs: 1,
  bytesIn: 0,
  bytesOut: 0,
});

test.each([
  ['(stream)', false],
  ['subscriptions/listen', false],
  ['tools/call', true],
] as const)('the end of %s counts as use of its deployment: %s', async (method, isUse) => {
  const batches: UsageBatch[] = [];
  const recorder = createUsageRecorder({
    write: async (batch) => void batches.push(batch),
    nowMs: () => 5,
    onError: () => {},
  });
  recorder.record(call(method));
  await recorder.close();
  const [batch] = batches;
  expect(batch?.rows).toHaveLength(1);
  expect(batch?.lastUsed.tokens.get('t')).toBe(5);
  expect(batch?.lastUsed.deployments.has('d')).toBe(isUse);
});
