import type { Readable } from 'node:stream';

const LINE_CHARS_MAX = 64 * 1024;

/**
 * Calls `onLine` for each line. What is longer than a line may be is cut. Errors are the caller's to listen to, which
 * is why this is not `readline`: that passes the stream's errors on as its own, and unheard they end the process.
 */
export const readLines = (stream: Readable, onLine: (line: string) => void): void => {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(0, LINE_CHARS_MAX);
    for (const line of lines) onLine(line.slice(0, LINE_CHARS_MAX));
  });
};
