import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createAnswerMeter } from './slow-readers.ts';

test('slow readers are looked for after each eight megabytes of answers, not only once a second', async () => {
  let checks = 0;
  const lines: number[] = [];
  const metered = createAnswerMeter(() => {
    checks += 1;
  });
  const { onLine } = metered({ onLine: (line: string) => void lines.push(line.length) });
  const onAnswered = (bytes: number) => onLine('x'.repeat(bytes));
  const answer = 3 * 1024 * 1024;
  onAnswered(answer);
  onAnswered(answer);
  await setImmediate();
  expect(checks).toBe(0);
  onAnswered(answer);
  await setImmediate();
  expect(checks).toBe(1);
  onAnswered(20 * 1024 * 1024);
  await setImmediate();
  expect(checks).toBe(2);
  expect(lines).toEqual([answer, answer, answer, 20 * 1024 * 1024]);
});
