/** The first lines that are kept: a program explains itself when it begins. */
const HEAD_LINES = 20;
/** All lines that are kept: a usage text or a list of problems fits. */
const KEPT_LINES = 120;

/** Lines of a failure that are shown, and how many of them are the first. */
const SHOWN_LINES = 20;
const SHOWN_HEAD_LINES = 6;
/** Stands for the lines between the first and the last. */
const GAP = '…';

/** Appends a line of output. Only the first and the last lines are kept. */
export function keepLine(lines: string[], line: string): void {
  lines.push(line);
  if (lines.length > KEPT_LINES) lines.splice(HEAD_LINES, 1);
}

/** The first and the last lines of an output, as a failure shows them. */
export const excerptOf = (lines: readonly string[]): string[] =>
  lines.length <= SHOWN_LINES
    ? [...lines]
    : [...lines.slice(0, SHOWN_HEAD_LINES), GAP, ...lines.slice(SHOWN_HEAD_LINES + 1 - SHOWN_LINES)];
