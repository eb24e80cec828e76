/** The reader looks at this much of what a program printed: the time that it takes is limited. */
const LINES_MAX = 200;
const CHARACTERS_MAX = 600;

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are controlled by this character
const ANSI = /\u001b\[[0-9;?]{0,20}[A-Za-z]/g;
/** Frames that typer and clack draw around their messages. */
const FRAME = /[│┃┆║╭╮╰╯─━┌┐└┘┤├▶◆◇■●✖✗✘❌→▲⚠]\uFE0F?/g;
/** A frame of a stack: its words belong to a program, not to a message. */
const STACK =
  /^\s*(?:at\s.{0,400}[:)]\d*\)?$|File ".{0,300}", line \d+|node:internal|Node\.js v\d|goroutine \d|\^+\s*$)/;

/** The lines of a message: without colors, frames and stack traces. */
export const cleanLines = (lines: readonly string[]): string[] =>
  lines
    .slice(-LINES_MAX)
    .flatMap((line) => line.split(/\r?\n/))
    .map((line) => line.slice(0, CHARACTERS_MAX).replace(ANSI, '').replace(FRAME, ' ').trimEnd())
    .filter((line) => !STACK.test(line))
    .slice(-LINES_MAX);

/** Sentences of one line. A period within a name or an address ends none. */
export const sentencesOf = (line: string): string[] => line.split(/(?<=[.!?])\s+/).filter((part) => part.trim() !== '');
