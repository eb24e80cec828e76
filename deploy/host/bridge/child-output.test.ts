import { expect, test } from 'vitest';
import { createChildOutput } from './child-output.ts';
import { peerOf } from './parts.testing.ts';

const KEPT_LINES = 120;

test('logs the lines of a child, those of stdout decoded, and keeps them apart from those of others', () => {
  const logged: string[][] = [];
  const output = createChildOutput((...line) => logged.push(line));
  const [one, other] = [peerOf().peer, peerOf().peer];
  output.stderr(one, 'warning');
  output.noise(one, Buffer.from('caf\u00e9').toString('latin1'));
  output.stderr(other, 'other');
  expect(logged).toEqual([
    ['STDERR', 'warning'],
    ['STDOUT', 'caf\u00e9'],
    ['STDERR', 'other'],
  ]);
  expect(output.tailOf(one)).toEqual({ stderrTail: ['warning'], noise: ['caf\u00e9'] });
  expect(output.tailOf(peerOf().peer)).toEqual({ stderrTail: [], noise: [] });
});

test('keeps the first and the last lines', () => {
  const output = createChildOutput(() => {});
  const { peer } = peerOf();
  for (let line = 1; line <= KEPT_LINES; line += 1) output.stderr(peer, String(line));
  expect(output.tailOf(peer).stderrTail).toHaveLength(KEPT_LINES);
  output.stderr(peer, 'last');
  const { stderrTail } = output.tailOf(peer);
  expect([stderrTail[0], stderrTail.at(-1), stderrTail.length]).toEqual(['1', 'last', KEPT_LINES]);
});
