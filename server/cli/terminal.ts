import { styleText } from 'node:util';

export type Color = 'green' | 'red' | 'yellow' | 'cyan' | 'dim' | 'bold';
export type Paint = (color: Color, text: string) => string;

/** One of the two output streams, as the commands use it. */
export type Output = {
  write(text: string): void;
  line(text?: string): void;
  readonly isTty: boolean;
  /** Width of the terminal; no limit elsewhere. */
  columns(): number;
  paint: Paint;
};

export type Terminal = { out: Output; err: Output; input: NodeJS.ReadStream };

type Stream = Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean; columns?: number };

/** Colors only on a terminal, and not when NO_COLOR is set (no-color.org) or the terminal is dumb. */
const colorsOn = (stream: Stream, env: NodeJS.ProcessEnv): boolean =>
  stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';

export function createOutput(stream: Stream, env: NodeJS.ProcessEnv): Output {
  const colored = colorsOn(stream, env);
  return {
    write: (text) => void stream.write(text),
    line: (text = '') => void stream.write(`${text}\n`),
    isTty: stream.isTTY === true && env['TERM'] !== 'dumb',
    columns: () => (stream.isTTY ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY),
    paint: (color, text) => (colored ? styleText(color, text, { validateStream: false }) : text),
  };
}

/** Prints nothing: progress of a command whose output is for programs. */
export const silent: Output = {
  write: () => {},
  line: () => {},
  isTty: false,
  columns: () => Number.POSITIVE_INFINITY,
  paint: (_color, text) => text,
};
