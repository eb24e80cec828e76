import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { createKnownSecrets } from '#server/domain/credentials/known-secrets.ts';
import { currentRequestId } from './request-id.ts';

export type Log = Logger;

/** Wherever these stand in a log record, their values are not written. Secrets that are `Secret`s print themselves so. */
const REDACTED = ['authorization', 'cookie', 'set-cookie', 'token', 'password', 'secret', 'catwalk-host-token'];

/** JSON lines for programs, or lines for people. */
export type LogFormat = 'json' | 'pretty';

/** Returns the destination of log lines. The format of people turns each JSON line into a line with its time, level and fields. */
export function logDestination(format: LogFormat, to: DestinationStream = pino.destination(2)): DestinationStream {
  if (format === 'json') return to;
  const prettify = prettyFactory({
    colorize: process.stderr.isTTY,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'requestId',
  });
  return { write: (line) => to.write(prettify(line)) };
}

/**
 * Structured logs on standard error, so that standard output stays for people and programs. `redact` takes secrets out by
 * their content, for the day when one gets into a message.
 */
export function createLog(
  level: LevelWithSilent,
  destination: DestinationStream = logDestination('json'),
  redact: (text: string) => string = createKnownSecrets().redact,
): Log {
  return pino(
    {
      level,
      base: null,
      mixin: () => {
        const requestId = currentRequestId();
        return requestId === undefined ? {} : { requestId };
      },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: pino.stdSerializers.err }, // else an Error under that name is written as {}
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: REDACTED.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: '[redacted]',
      },
    },
    { write: (line) => destination.write(redact(line)) },
  );
}
