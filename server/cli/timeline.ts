import { duration, padded } from './layout.ts';
import { oneLine } from './printable.ts';
import type { Output } from './terminal.ts';

/**
 * A growing list of steps with the current step as the last line. On a terminal that line moves (a spinner and the elapsed
 * time); elsewhere its name is written at once and its duration at its end.
 */
export type Timeline = {
  heading(text: string): void;
  /** Ends the current step, if any, and begins another. `at` is a time of the server's clock. */
  begin(label: string, at: Date, detail?: string): void;
  /** Sets the detail that is shown beside the current step. */
  detail(text: string): void;
  /** Adds a step that had ended before its event arrived. */
  add(label: string, milliseconds: number | null, detail?: string): void;
  end(outcome: 'done' | 'failed' | 'left', at: Date): void;
  note(text: string): void;
};

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
const LABEL_COLUMNS = 18;
const TIME_COLUMNS = 10;

export type TimelineClock = {
  now: () => number;
  every: (ms: number, run: () => void) => () => void;
};

const realClock: TimelineClock = {
  now: () => performance.now(),
  every: (ms, run) => {
    const timer = setInterval(run, ms);
    timer.unref(); // an animation keeps no process alive
    return () => clearInterval(timer);
  },
};

type Step = { label: string; at: Date; since: number; detail: string };

export function createTimeline(output: Output, clock: TimelineClock = realClock): Timeline {
  let step: Step | null = null;
  let frame = 0;
  let stopAnimation = () => {};

  const row = (mark: string, label: string, time: string, detail: string): string => {
    const text = `  ${mark} ${padded(label, LABEL_COLUMNS)} ${padded(time, TIME_COLUMNS)}`;
    const room = output.columns() - text.length - 2;
    const line = oneLine(detail);
    const cut = line.length > room ? `${line.slice(0, Math.max(0, room - 1))}…` : line;
    return cut === '' ? text.trimEnd() : `${text} ${output.paint('dim', cut)}`;
  };

  const animate = () => {
    if (!step) return;
    const mark = output.paint('cyan', FRAMES[frame++ % FRAMES.length] ?? '');
    const elapsed = duration(Math.floor((clock.now() - step.since) / 100) * 100);
    output.write(`\r\u001b[2K${row(mark, step.label, elapsed, step.detail)}`);
  };

  const finish = (mark: string, at: Date) => {
    if (!step) return;
    const time = duration(Math.max(0, at.getTime() - step.at.getTime()));
    if (output.isTty) output.write(`\r\u001b[2K${row(mark, step.label, time, step.detail)}\n`);
    else output.line(`${padded(mark === '✗' ? 'failed' : time, TIME_COLUMNS)} ${oneLine(step.detail)}`.trimEnd());
    stopAnimation();
    step = null;
  };

  return {
    heading: (text) => output.line(output.paint('bold', oneLine(text))),
    begin: (label, at, detail = '') => {
      finish(output.paint('green', '✓'), at);
      step = { label, at, since: clock.now(), detail };
      if (!output.isTty) {
        output.write(`  ${padded(label, LABEL_COLUMNS)} `);
        return;
      }
      animate();
      stopAnimation = clock.every(FRAME_MS, animate);
    },
    detail: (text) => {
      if (step) step.detail = text;
    },
    add: (label, milliseconds, detail = '') => {
      const time = milliseconds === null ? '' : duration(milliseconds);
      if (output.isTty) output.line(row(output.paint('green', '✓'), label, time, detail));
      else output.line(`  ${padded(label, LABEL_COLUMNS)} ${padded(time, TIME_COLUMNS)} ${oneLine(detail)}`.trimEnd());
    },
    end: (outcome, at) =>
      finish({ done: output.paint('green', '✓'), failed: output.paint('red', '✗'), left: '·' }[outcome], at),
    note: (text) => {
      if (step) output.write(output.isTty ? '\r\u001b[2K' : '\n');
      output.line(`  ${output.paint('yellow', '!')} ${oneLine(text)}`);
      if (step && !output.isTty) output.write(`  ${padded(step.label, LABEL_COLUMNS)} `);
    },
  };
}
