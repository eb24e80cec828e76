import { findMember, type Span, slice } from './json-rpc.ts';
import { eachMember, skipSpace } from './json-text.ts';

/** Changes to the members of objects in JSON text. Everything else stays byte for byte. */

const CLOSE_BRACE = 125;

/** The text with members (raw, such as `"a":1,"b":2`) in front of the object at `at`. */
export const insertMembers = (text: string, at: Span, members: string): string => {
  const inside = at.start + 1;
  const isEmpty = text.charCodeAt(skipSpace(text, inside)) === CLOSE_BRACE;
  return `${text.slice(0, inside)}${members}${isEmpty ? '' : ','}${text.slice(inside)}`;
};

/** The text without the named members of the object at `at`; the same text when it has none of them. */
export const withoutMembers = (text: string, at: Span, isUnwanted: (name: string) => boolean): string => {
  const kept: string[] = [];
  let removed = 0;
  eachMember(text, at.start, (name, start, end) => {
    if (isUnwanted(name)) removed += 1;
    else kept.push(`"${name}":${text.slice(start, end)}`);
  });
  return removed === 0 ? text : `${text.slice(0, at.start)}{${kept.join(',')}}${text.slice(at.end)}`;
};

/** The whole object that a message is. */
export const wholeOf = (text: string): Span => ({ start: skipSpace(text, 0), end: text.length });

/** The raw text of a member; null when the object has no such member. */
export const memberText = (text: string, object: Span | null, name: string): string | null => {
  const at = findMember(text, object, name);
  return at === null ? null : slice(text, at);
};
