export type LogLevel = 'error' | 'warn';

const ERROR =
  /\b(?:[A-Za-z]*Error|ERR!|FATAL|CRITICAL|PANIC|Traceback|Uncaught|Unhandled)\b|\blevel["=: ]+"?(?:error|fatal|[56]0)\b/i;
const WARNING = /\bWARN(?:ING)?\b|\blevel["=: ]+"?40\b/i;

/** Servers write the level near the beginning of a line. */
const HEAD_CHARACTERS = 160;

/** Reads the level of a line in the formats that most servers write. */
export function logLevelOf(text: string): LogLevel | null {
  const head = text.slice(0, HEAD_CHARACTERS);
  if (ERROR.test(head)) return 'error';
  return WARNING.test(head) ? 'warn' : null;
}
