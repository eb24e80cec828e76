import { expect, test } from 'vitest';
import { createLookRequests } from './look-requests.ts';

test('looks at a machine at once, and again only after ten seconds', () => {
  let now = 0;
  const looks: string[] = [];
  const requestLook = createLookRequests(
    () => now,
    (id) => looks.push(`${id} ${now}`),
  );
  requestLook('a');
  requestLook('b');
  now = 9_999;
  requestLook('a');
  expect(looks).toEqual(['a 0', 'b 0']);
  now = 10_000;
  requestLook('a');
  requestLook('a');
  expect(looks).toEqual(['a 0', 'b 0', 'a 10000']);
});

test('looks again when the clock was set back', () => {
  let now = 50_000;
  const looks: number[] = [];
  const requestLook = createLookRequests(
    () => now,
    () => looks.push(now),
  );
  requestLook('a');
  now = 1_000;
  requestLook('a');
  expect(looks).toEqual([50_000, 1_000]);
});
