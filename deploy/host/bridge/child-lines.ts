import { type Envelope, isMessage, scan, scanBatch, withoutNullMember } from './json-rpc.ts';

/** Some programs begin their output with it (UTF-8, in latin1). */
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';
const OPEN_BRACKET = 91;
const QUOTE = 34;
const NUMBER_AS_TEXT = /^"(\d+)"$/;

/** Ids of the bridge are numbers. Some servers answer with the number as a string, which can mean no other id. */
export const numberOf = (raw: string): number =>
  Number(raw.charCodeAt(0) === QUOTE ? (NUMBER_AS_TEXT.exec(raw)?.[1] ?? raw) : raw);

const message = (envelope: Envelope | null): Envelope | null =>
  envelope === null || !isMessage(envelope) ? null : withoutNullMember(envelope);

const batch = (line: string): Envelope[] | null => {
  const messages: Envelope[] = [];
  for (const element of scanBatch(line) ?? []) {
    const found = message(scan(element));
    if (found === null) return null;
    messages.push(found);
  }
  return messages.length === 0 ? null : messages;
};

/** The message, or the batch, in a line of a child's stdout; null if the line is output outside the protocol. */
export const readLine = (output: string): Envelope | Envelope[] | null => {
  const line = output.startsWith(BYTE_ORDER_MARK) ? output.slice(BYTE_ORDER_MARK.length) : output;
  return (line.charCodeAt(0) === OPEN_BRACKET ? null : message(scan(line))) ?? batch(line);
};
