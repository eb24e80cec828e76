import type { Span } from '../bridge/json-rpc.ts';
import { eachMember } from '../bridge/json-text.ts';
import { fromWire, toWire } from '../bridge/wire-values.ts';

/** A member of an object in the text of a message: its name as people read it, its value as it stands there. */
export type Member = { name: string; value: string };

const nameOf = (raw: string): string => {
  const name = fromWire(`"${raw}"`);
  return typeof name === 'string' ? name : raw;
};

/**
 * The members of an object, each name once: of a name that is there twice, also in another spelling with escapes, the
 * last one counts, as it does for parsers. Null for text that is no object.
 */
export const membersOf = (text: string, at: Span | null): Member[] | null => {
  if (at === null) return null;
  const found = new Map<string, string>();
  const end = eachMember(text, at.start, (raw, start, stop) => {
    const name = nameOf(raw);
    found.delete(name);
    found.set(name, text.slice(start, stop));
  });
  return end === -1 ? null : [...found].map(([name, value]) => ({ name, value }));
};

export const membersIn = (text: string): Member[] | null => membersOf(text, { start: 0, end: text.length });

export const toObject = (members: readonly Member[]): string =>
  `{${members.map(({ name, value }) => `${toWire(name)}:${value}`).join(',')}}`;

export const rawOf = (members: readonly Member[], name: string): string | null =>
  members.find((member) => member.name === name)?.value ?? null;

/** The text of a string member; null for another kind of value. */
export const textOf = (members: readonly Member[], name: string): string | null => {
  const value = rawOf(members, name);
  const read = value === null ? null : fromWire(value);
  return typeof read === 'string' ? read : null;
};

/** The members with one set; it keeps its place, or comes last. */
export const withMember = (members: readonly Member[], name: string, value: string): Member[] => {
  const set = { name, value };
  return members.some((member) => member.name === name)
    ? members.map((member) => (member.name === name ? set : member))
    : [...members, set];
};

/**
 * The members without those whose names differ from a guarded one only in case: there are parsers that take them for the
 * guarded one.
 */
export const withoutLookalikes = (members: readonly Member[], guarded: readonly string[]): Member[] =>
  members.filter(({ name }) => guarded.includes(name) || !guarded.some((one) => isLike(one, name)));

/** One form of a name for all spellings that a lenient parser may take for it. */
export const looseName = (name: string): string => name.normalize('NFKC').toLowerCase();

const isLike = (one: string, other: string): boolean => looseName(one) === looseName(other);
