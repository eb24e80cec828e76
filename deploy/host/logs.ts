import type { LogRecord } from './contract.ts';

const LINES_MAX = 5_000;
const LINE_CHARS_MAX = 8_192;
const CHARS_MAX = 4 * 1024 * 1024;

export type LogRing = {
  append(stream: LogRecord['stream'], text: string): void;
  /** Lines after `cursor`; all that are kept when the cursor is absent or not known any more. */
  read(cursor: string | null): LogRecord[];
  /** Calls back for each new line until the returned function is called. */
  follow(listener: (record: LogRecord) => void): () => void;
};

/** The last lines of install, child and host, already redacted: nothing unredacted is ever kept. */
export const createLogRing = (deps: { redact: (text: string) => string; now: () => Date; bootId: string }): LogRing => {
  let records: LogRecord[] = [];
  let first = 0;
  let next = 0;
  let chars = 0;
  const listeners = new Set<(record: LogRecord) => void>();

  const trim = () => {
    while (first < records.length && (records.length - first > LINES_MAX || chars > CHARS_MAX)) {
      chars -= records[first]?.text.length ?? 0;
      first += 1;
    }
    if (first > LINES_MAX) {
      records = records.slice(first);
      first = 0;
    }
  };

  const sequenceOf = (cursor: string | null): number => {
    if (cursor === null) return -1;
    const dot = cursor.lastIndexOf('.');
    const sequence = Number(cursor.slice(dot + 1));
    return cursor.slice(0, dot) === deps.bootId && Number.isSafeInteger(sequence) ? sequence : -1;
  };

  return {
    append(stream, text) {
      const clean = deps.redact(text);
      const cut = clean.length > LINE_CHARS_MAX ? `${clean.slice(0, LINE_CHARS_MAX)}… (cut)` : clean;
      const record: LogRecord = { id: `${deps.bootId}.${next}`, at: deps.now().toISOString(), stream, text: cut };
      next += 1;
      records.push(record);
      chars += cut.length;
      trim();
      for (const listener of listeners) listener(record);
    },
    read(cursor) {
      const oldest = next - (records.length - first);
      const from = Math.max(sequenceOf(cursor) + 1, oldest);
      return records.slice(first + (from - oldest));
    },
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
