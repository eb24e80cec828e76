import { expect, test } from 'vitest';
import { createOutput } from './terminal.ts';
import { createTimeline } from './timeline.ts';

function recorder(isTTY: boolean, env: NodeJS.ProcessEnv = {}) {
  let text = '';
  const stream = {
    isTTY,
    columns: 60,
    write: (chunk: string | Uint8Array) => {
      text += String(chunk);
      return true;
    },
  };
  const output = createOutput(stream, env);
  const ticks: (() => void)[] = [];
  const clock = {
    now: () => 0,
    every: (_ms: number, run: () => void) => {
      ticks.push(run);
      return () => void ticks.splice(ticks.indexOf(run), 1);
    },
  };
  return { timeline: createTimeline(output, clock), text: () => text, ticks };
}

/** To the beginning of the line, and nothing on it. */
const REDRAW = '\r\u001b[2K';

const at = (milliseconds: number) => new Date(1_000_000 + milliseconds);

test('elsewhere than on a terminal each step is one plain line, whose name is there while it goes on', () => {
  const { timeline, text } = recorder(false);
  timeline.begin('Installing', at(0));
  expect(text()).toBe('  Installing         ');
  timeline.begin('Handshake', at(3_200));
  timeline.end('failed', at(3_300));
  expect(text()).toBe('  Installing         3.2 s\n  Handshake          failed\n');
});

test('a note does not break the line of the step under way', () => {
  const { timeline, text } = recorder(false);
  timeline.begin('Installing', at(0));
  timeline.note('The connection broke off.');
  timeline.end('done', at(50));
  expect(text()).toBe('  Installing         \n  ! The connection broke off.\n  Installing         50 ms\n');
});

test('on a terminal the step under way moves on its own line, and stands still when it is over', () => {
  const { timeline, text, ticks } = recorder(true, { NO_COLOR: '1' });
  timeline.begin('Installing', at(0));
  ticks[0]?.();
  timeline.end('done', at(1_500));
  expect(ticks).toEqual([]);
  expect(text().split('\n')).toHaveLength(2);
  expect(text().split(REDRAW).at(-1)).toBe('  ✓ Installing         1.5 s\n');
});

test('a long detail never wraps', () => {
  const { timeline, text } = recorder(true, { NO_COLOR: '1' });
  timeline.begin('Installing', at(0), 'x'.repeat(200));
  timeline.end('done', at(10));
  for (const line of text().split(REDRAW)) expect([...line.trimEnd()].length).toBeLessThan(60);
});

test('colors are for terminals alone, and NO_COLOR turns them off', () => {
  for (const [isTTY, env, colored] of [
    [true, {}, true],
    [true, { NO_COLOR: '1' }, false],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, false],
  ] as const) {
    const { timeline, text } = recorder(isTTY, env);
    timeline.heading('Deploying');
    expect(text().includes('\u001b[')).toBe(colored);
  }
});
