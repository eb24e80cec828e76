import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseStealMs, parseThrottledMs, readHeldBackMs } from './held-back.ts';
import { createProcessorMeter, type MeterReadings, waitingShare } from './processor-meter.ts';
import { parseUsedMs, readUsedMs } from './used-time.ts';

test('processor time is that of the process and of its ended children', () => {
  const stat = '42 (a b) c) S 1 42 42 0 -1 4194560 100 0 0 0 150 50 300 100 20 0 11 0 1 1 1';
  expect(parseUsedMs(stat)).toBe(6_000);
  expect(parseUsedMs('nonsense')).toBeNull();
  if (process.platform === 'linux') expect(readUsedMs()).toBeGreaterThan(0);
});

test('throttled time is read from both versions of control groups, and only where there is a quota', () => {
  expect(parseThrottledMs('nr_periods 100\nnr_throttled 90\nthrottled_time 7000000000\n')).toBe(7_000);
  expect(parseThrottledMs('usage_usec 5\nnr_periods 100\nnr_throttled 90\nthrottled_usec 7000000\n')).toBe(7_000);
  expect(parseThrottledMs('nr_periods 0\nnr_throttled 0\nthrottled_time 0\n')).toBeNull();
});

test('time that a hypervisor took is read where it counts any', () => {
  expect(parseStealMs('cpu  1 2 3 4 5 6 7 250 0 0\ncpu0 1 2 3 4 5 6 7 250 0 0\n')).toBe(2_500);
  expect(parseStealMs('cpu  1 2 3 4 5 6 7 0 0 0\n')).toBeNull();
});

const filesOf = (files: Record<string, string>) => (path: string) => {
  const text = files[path];
  if (text === undefined) throw new Error('absent');
  return text;
};

test('the control group of the machine comes first, then its own, then the hypervisor', () => {
  const throttled = (ms: number) => `nr_periods 9\nnr_throttled 9\nthrottled_usec ${ms * 1_000}\n`;
  const own = { '/proc/self/cgroup': '0::/vm\n', '/sys/fs/cgroup/vm/cpu.stat': throttled(100) };
  const steal = { '/proc/stat': 'cpu  0 0 0 0 0 0 0 3 0 0\n' };
  expect(readHeldBackMs(['/groups/m1/cgroup.procs'], filesOf({ ...own, '/groups/m1/cpu.stat': throttled(200) }))).toBe(
    200,
  );
  expect(readHeldBackMs([], filesOf({ ...own, ...steal }))).toBe(100);
  expect(readHeldBackMs([], filesOf({ '/proc/self/cgroup': '4:cpu,cpuacct:/a\n', ...steal }))).toBe(30);
  expect(readHeldBackMs([], filesOf({}))).toBeNull();
});

/** A processor that gives a program this share of its time. */
const processorOf = (share: number) => {
  let own = 0;
  return { now: () => own / share, ownMs: () => (own += 0.1) };
};

test('the ratio of processor and wall time shows a quota', () => {
  expect(waitingShare(processorOf(1))).toBeCloseTo(0, 1);
  expect(waitingShare(processorOf(0.0625))).toBeCloseTo(0.94, 1);
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const readings = (given: Partial<MeterReadings>): MeterReadings => ({
  now: () => Date.now(),
  ownMs: () => 0,
  heldBackMs: () => null,
  usedMs: () => null,
  ...given,
});

test('a measurement counts from its start, and no more than the wall time', () => {
  let heldBack = 5_000;
  const measured = createProcessorMeter(
    readings({ heldBackMs: () => heldBack, usedMs: () => heldBack / 10 }),
    true,
  ).start();
  vi.advanceTimersByTime(10_000);
  heldBack += 7_000;
  expect(measured.read()).toMatchObject({ heldBackMs: 7_000 });
  expect(measured.end()).toEqual({ wallMs: 10_000, heldBackMs: 7_000, usedMs: 700 });
  heldBack += 1_000;
  expect(measured.read()).toMatchObject({ heldBackMs: 7_000 });
});

test('two processors that wait at once wait no longer than the clock', () => {
  let heldBack = 0;
  const measured = createProcessorMeter(readings({ heldBackMs: () => heldBack }), true).start();
  vi.advanceTimersByTime(1_000);
  heldBack = 1_900;
  expect(measured.end().heldBackMs).toBe(1_000);
});

test('where nothing counts, the ratio is sampled if a quota is expected', () => {
  const slow = processorOf(0.0625);
  const sampled = { ...readings({}), ownMs: slow.ownMs, now: () => Date.now() + slow.now() };
  const measured = createProcessorMeter(sampled, true).start();
  vi.advanceTimersByTime(10_000);
  const { wallMs, heldBackMs } = measured.end();
  expect(heldBackMs / wallMs).toBeGreaterThan(0.85);
  const unsampled = createProcessorMeter(sampled, false).start();
  vi.advanceTimersByTime(10_000);
  expect(unsampled.end().heldBackMs).toBe(0);
});
