import { CLOSE_BRACE, CLOSE_BRACKET, OPEN_BRACE, OPEN_BRACKET, QUOTE, skipString } from './json-text.ts';

/** Values and their text inside the bridge, which is latin1: one character for each byte of the UTF-8 on the wire. */

/** Text that people wrote, as the latin1 the bridge works in. */
export const toWire = (value: unknown): string => Buffer.from(JSON.stringify(value), 'utf8').toString('latin1');

/** No program nests its messages deeper. Functions that walk through a value would run out of stack at some thousands. */
const DEPTH_MAX = 500;

const isTooDeep = (text: string): boolean => {
  if (text.length <= DEPTH_MAX) return false;
  let depth = 0;
  for (let i = 0; i < text.length; ) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = skipString(text, i);
      if (i === -1) return false; // not JSON
      continue;
    }
    i += 1;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
};

/**
 * A part of a message, parsed as it came, without decoding its text. Null for text that is not JSON, or is nested too
 * deeply: the scanner finds the members of a message that a child sent, and does not check their values.
 */
export const rawFromWire = (text: string): unknown => {
  if (isTooDeep(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null; // a server must not end the host, or calls of others, with a message that it spoiled
  }
};

/** A value from the wire; null for text that is not JSON, or is nested too deeply. */
export const fromWire = (text: string): unknown => rawFromWire(Buffer.from(text, 'latin1').toString('utf8'));

/**
 * A part of a message that was parsed as it came, without decoding its text. Its strings are latin1, as the wire is.
 */
export const rawToWire = (value: unknown): string => JSON.stringify(value);

/** Text of the wire as people read it. */
export const readable = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');
