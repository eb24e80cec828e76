import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openControlGroups } from './control-groups.ts';

const LIMITS = { memoryBytes: 1024, processes: 7, processorShare: 0.0625 };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'catwalk-groups-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');

test('version 1: sets the limits of a machine in each tree, and names what its processes join', () => {
  for (const controller of ['memory', 'pids', 'cpu']) mkdirSync(join(root, controller));
  const group = openControlGroups(root, 'test')?.open('m1', LIMITS);
  expect(read('memory/test/m1/memory.limit_in_bytes')).toBe('1024');
  expect(read('pids/test/m1/pids.max')).toBe('7');
  expect(read('cpu/test/m1/cpu.cfs_quota_us')).toBe('6250');
  expect(group?.join).toEqual(['memory', 'pids', 'cpu'].map((one) => join(root, one, 'test/m1/cgroup.procs')));
  expect(group?.oomCounter).toBe(join(root, 'memory/test/m1/memory.oom_control'));
});

test('gives each machine an equal share of the processors, and limits it only where that is wanted', () => {
  for (const controller of ['memory', 'pids', 'cpu']) mkdirSync(join(root, controller));
  const group = openControlGroups(root, 'test')?.open('m1', { ...LIMITS, processorShare: null });
  expect(group?.join).toHaveLength(3);
  expect(existsSync(join(root, 'cpu/test/m1/cpu.cfs_quota_us'))).toBe(false);
  expect(group?.processCounter).toBe(join(root, 'pids/test/m1/pids.events'));
});

test('has none without both memory and processes, or without any tree', () => {
  expect(openControlGroups(root, 'test')).toBeNull();
  mkdirSync(join(root, 'memory'));
  expect(openControlGroups(root, 'test')).toBeNull();
  expect(openControlGroups(join(root, 'absent'), 'test')).toBeNull();
});

test('removes empty groups of a process that has died, and not those of one that lives', () => {
  for (const controller of ['memory', 'pids']) mkdirSync(join(root, controller));
  const dead = join(root, 'memory', 'catwalk-999999999', 'm1');
  const alive = join(root, 'memory', `catwalk-${process.ppid}`, 'm1');
  for (const folder of [dead, alive]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(root, 'memory', 'other'), '');
  openControlGroups(root, 'test');
  expect(existsSync(dead)).toBe(false);
  expect(existsSync(alive)).toBe(true);
});
