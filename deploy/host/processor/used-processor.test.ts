import { expect, test } from 'vitest';
import { type ProcessRow, readProcessTable } from '../child/process-table.ts';
import { processorMsOf } from './used-processor.ts';

const row = (pid: number, parent: number, processorMs: number): ProcessRow => ({
  pid,
  parent,
  group: pid,
  startedAt: '1',
  residentBytes: 0,
  processorMs,
});

test('the processor time of a tree counts everything below its root, and nothing beside it', () => {
  const table = [row(1, 0, 1_000), row(10, 1, 1), row(11, 10, 20), row(12, 11, 300), row(20, 1, 5_000)];
  expect(processorMsOf(table, 10)).toBe(321);
});

test('without a table, or for a process that is gone, there is no figure', () => {
  expect(processorMsOf(null, 10)).toBeNull();
  expect(processorMsOf([row(1, 0, 1)], 10)).toBeNull();
});

test.runIf(process.platform === 'linux')('the time of this process grows while it works', () => {
  const before = processorMsOf(readProcessTable(), process.pid) ?? 0;
  const startedAt = process.cpuUsage().user;
  while (process.cpuUsage().user - startedAt < 50_000); // 50 ms of work, however long they take
  expect(processorMsOf(readProcessTable(), process.pid)).toBeGreaterThan(before);
});
