import { expect, test } from 'vitest';
import { createContainedActs } from './contained-acts.ts';
import { hostsOf } from './network.ts';

test('counts equal acts together, the latest first, and logs each once', () => {
  const lines: string[] = [];
  let now = 0;
  const acts = createContainedActs({ now: () => new Date(now), log: (line) => lines.push(line) });
  const act = { rule: 'EGRESS_NOT_LISTED', subject: 'a.example', entry: 'a.example' } as const;
  acts.add(act);
  acts.count('PROCESS_LIMIT', 'the limit of processes', 3);
  acts.count('PROCESS_LIMIT', 'the limit of processes', 3);
  now = 1_000;
  acts.add(act);
  expect(acts.list()).toMatchObject([
    { subject: 'a.example', count: 2, firstAt: '1970-01-01T00:00:00.000Z', lastAt: '1970-01-01T00:00:01.000Z' },
    { rule: 'PROCESS_LIMIT', count: 3 },
  ]);
  expect(lines).toHaveLength(2);
});

test('keeps the latest hundred', () => {
  const acts = createContainedActs({ now: () => new Date(0), log: () => undefined });
  for (let index = 0; index < 150; index += 1)
    acts.add({ rule: 'EGRESS_NOT_LISTED', subject: `h${index}.example`, entry: null });
  expect(acts.list()).toHaveLength(100);
  expect(acts.list()[0]?.subject).toBe('h149.example');
});

test('finds the hosts that settings of installers name', () => {
  const settings = ['registry=http://127.0.0.1:4873/\n@mine:registry=https://npm.example/mine/', 'http://[::1]:8080'];
  expect(hostsOf(settings)).toEqual(['127.0.0.1:4873', 'npm.example:443', '[::1]:8080']);
});
