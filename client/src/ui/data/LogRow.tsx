import { Mark } from '@mantine/core';
import { memo } from 'react';
import { parseAnsi } from './ansi.ts';
import classes from './LogView.module.css';
import type { LogViewLine } from './LogView.tsx';
import { logLevelOf } from './log-level.ts';

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});

const STREAM_WORDS = { INSTALL: 'install', STDERR: 'stderr', STDOUT: 'stdout', HOST: 'host' } as const;

/** Splits at the searched words, which stay marked. */
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
      <span className={classes.stream} data-stream={line.stream}>
        {STREAM_WORDS[line.stream]}
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
