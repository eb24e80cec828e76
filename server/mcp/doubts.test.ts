import { expect, test } from 'vitest';
import { createDoubts } from './doubts.ts';

test('looks at a machine at once, and again only after ten seconds', () => {
  let now = 0;
  const looks: string[] = [];
  const doubt = createDoubts(
    () => now,
    (id) => looks.push(`${id} ${now}`),
  );
  doubt('a');
  doubt('b');
  now = 9_999;
  doubt('a');
  expect(looks).toEqual(['a 0', 'b 0']);
  now = 10_000;
  doubt('a');
  doubt('a');
  expect(looks).toEqual(['a 0', 'b 0', 'a 10000']);
});

test('looks again when the clock was set back', () => {
  let now = 50_000;
  const looks: number[] = [];
  const doubt = createDoubts(
    () => now,
    () => looks.push(now),
  );
  doubt('a');
  now = 1_000;
  doubt('a');
  expect(looks).toEqual([50_000, 1_000]);
});
