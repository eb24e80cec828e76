import { expect, test } from 'vitest';
import { createRecentlyHeldBack } from './recent.ts';

const open = () => {
  let at = 1_000;
  let counted: number | null = 7_000;
  const read = createRecentlyHeldBack({ now: () => at, heldBackMs: () => counted });
  return (seconds: number, heldBackSeconds: number | null) => {
    at += seconds * 1_000;
    counted = counted === null || heldBackSeconds === null ? null : counted + heldBackSeconds * 1_000;
    return read();
  };
};

test('counts from the first look on, and forgets what is older than five minutes', () => {
  const pass = open();
  expect(pass(0, 0)).toBeNull();
  expect(pass(30, 20)).toEqual({ wallMs: 30_000, heldBackMs: 20_000 });
  expect(pass(1, 0)).toEqual({ wallMs: 31_000, heldBackMs: 20_000 });
  for (let minute = 0; minute < 6; minute += 1) pass(60, 0);
  expect(pass(60, 3)).toEqual({ wallMs: 300_000, heldBackMs: 3_000 });
});

test('holds few samples, however often it is asked', () => {
  const pass = open();
  for (let look = 0; look < 10_000; look += 1) pass(0.1, 0.05);
  const { wallMs = 0, heldBackMs = 0 } = pass(0, 0) ?? {};
  expect(wallMs).toBeGreaterThanOrEqual(300_000);
  expect(wallMs).toBeLessThan(320_000);
  expect(heldBackMs / wallMs).toBeCloseTo(0.5, 2);
});

test('says nothing where nothing counts', () => {
  const pass = open();
  expect(pass(0, null)).toBeNull();
  expect(pass(60, null)).toBeNull();
});
