import { cleanLines } from './text.ts';

const CHARACTERS_MAX = 300;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are controlled by this character
const ANSI = /\u001b\[[0-9;?]{0,20}[A-Za-z]/g;
const CARETS = /^\s*[\^~]+\s*$/;
/** The place above a line of source that Node.js shows: `/app/index.js:12`, `file:///app/index.js:12`. */
const PLACE = /^(?:file:\/\/)?(?:\/|[A-Za-z]:\\|node:).{0,400}:\d+\s*$/;
const TRACEBACK = /^\s*(?:\+\s)?Traceback \(most recent call last\)/;
const TROUBLE =
  /\w*(?:error|exception)\b|\bfatal\b|\bpanic\b|\bfail(?:ed|ure)?\b|\b(?:cannot|can't|could not|unable to)\b|\bmissing\b|\brequired?\b|\binvalid\b|\bnot (?:set|found|provided|configured|defined|supported|allowed)\b|\brefused\b|\bdenied\b/i;
/** The program went on after these. */
const HARMLESS =
  /^\W{0,4}(?:\[?(?:warn(?:ing)?|debug|info|note|hint)\b)|\bdeprecat|\bcontinuing\b|\bignor|\(Use `node --trace/i;
const USAGE = /^\s*usage\b/i;

/** Drops what runtimes print around a message: the source line above carets, and the frames of a Python traceback. */
function withoutSource(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let inTraceback = false;
  for (const raw of lines) {
    const line = raw.replace(ANSI, '');
    if (TRACEBACK.test(line)) inTraceback = true;
    else if (inTraceback && /^\s/.test(line)) continue;
    else if (CARETS.test(line)) {
      kept.pop();
      if (PLACE.test(kept.at(-1) ?? '')) kept.pop();
    } else {
      inTraceback = false;
      kept.push(line);
    }
  }
  return kept;
}

/**
 * The line of a program's output that explains its end: its first complaint, or its last one if it had worked before.
 * Frames of a stack, lines of source and warnings are not complaints. Without a complaint the usage line, else the last
 * line; null for a program that printed nothing.
 */
export function headlineOf(printed: readonly string[], { served }: { served: boolean }): string | null {
  const lines = cleanLines(withoutSource(printed)).filter((line) => line.trim() !== '');
  const isTrouble = (line: string) => TROUBLE.test(line) && !HARMLESS.test(line);
  const complaint = served ? lines.findLast(isTrouble) : lines.find(isTrouble);
  const line = complaint ?? lines.find((one) => USAGE.test(one)) ?? lines.at(-1);
  return line === undefined ? null : line.trim().slice(0, CHARACTERS_MAX);
}
