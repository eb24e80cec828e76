import { Mark } from '@mantine/core';
import { memo } from 'react';
import { parseAnsi } from './ansi.ts';
import classes from './LogView.module.css';
import { logLevelOf } from './log-level.ts';
import type { LogViewLine } from './log-line.ts';

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});

const STREAM_LABELS = { INSTALL: 'install', STDERR: 'stderr', STDOUT: 'stdout', HOST: 'host' } as const;

/** Explained on hover: a host is not a word that every user knows. */
const STREAM_HINTS = {
  INSTALL: 'Output of the package installation',
  STDERR: 'Error output of the server',
  STDOUT: 'Output of the server',
  HOST: 'Messages of Catwalk’s host process, which runs the server',
} as const;

/** Marks the searched text. */
const highlight = (text: string, search: string) => {
  if (search === '') return text;
  const parts: (string | { found: string; at: number })[] = [];
  let from = 0;
  for (let at = text.toLowerCase().indexOf(search); at !== -1; at = text.toLowerCase().indexOf(search, from)) {
    parts.push(text.slice(from, at), { found: text.slice(at, at + search.length), at });
    from = at + search.length;
  }
  parts.push(text.slice(from));
  return parts.map((part) => (typeof part === 'string' ? part : <Mark key={part.at}>{part.found}</Mark>));
};

export const LogRow = memo(function LogRow({ line, search }: { line: LogViewLine; search: string }) {
  let offset = 0;
  return (
    <>
      <time className={classes.time} dateTime={line.at} title={line.at}>
        {clock.format(new Date(line.at))}
      </time>
      <span className={classes.stream} data-stream={line.stream} title={STREAM_HINTS[line.stream]}>
        {STREAM_LABELS[line.stream]}
      </span>
      <span className={classes.text} data-level={logLevelOf(line.text) ?? undefined}>
        {parseAnsi(line.text).map((span) => {
          const key = offset;
          offset += span.text.length;
          return (
            <span key={key} data-color={span.color ?? undefined} data-bold={span.bold || undefined}>
              {highlight(span.text, search)}
            </span>
          );
        })}
      </span>
    </>
  );
});
