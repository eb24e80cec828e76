export type LogLevel = 'error' | 'warn';

const ERROR =
  /\b(?:[A-Za-z]*Error|ERR!|FATAL|CRITICAL|PANIC|Traceback|Uncaught|Unhandled)\b|\blevel["=: ]+"?(?:error|fatal|[56]0)\b/i;
const WARNING = /\bWARN(?:ING)?\b|\blevel["=: ]+"?40\b/i;

/** A level is said near the beginning of a line, if it is said at all. */
const HEAD_CHARACTERS = 160;

/** How bad a line says it is. Servers write their logs as they like: this reads what most of them write. */
export function logLevelOf(text: string): LogLevel | null {
  const head = text.slice(0, HEAD_CHARACTERS);
  if (ERROR.test(head)) return 'error';
  return WARNING.test(head) ? 'warn' : null;
}
