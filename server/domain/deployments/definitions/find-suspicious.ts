import { below, isObject } from './schema-effect.ts';
import { RULE_TEXTS, RULES, type SuspicionRule } from './suspicious-rules.ts';

/**
 * A suspicious piece of text. `at`: a JSON pointer into the definition. `match` and `excerpt` are the piece, and the piece
 * with its neighborhood; characters that people do not see are written as `U+200B`.
 */
export type SuspiciousFinding = { rule: SuspicionRule; at: string; match: string; excerpt: string; text: string };

const FINDINGS_MAX = 40;
const AROUND_CHARACTERS = 24;
const MATCH_CHARACTERS_MAX = 80;

/** So much text is examined in one comparison: a server must not keep the process busy. */
const CHARACTERS_MAX = 1024 * 1024;
const TEXT_CHARACTERS_MAX = 64 * 1024;

const HIDDEN = /\p{Cf}|\p{Cc}|[\u115f\u1160\u3164\uffa0]|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]/gu;

/** Writes characters that people do not see as their code points, other than line breaks and tabs. */
export const visible = (text: string): string =>
  text.replace(HIDDEN, (character) =>
    character === '\n' || character === '\t'
      ? character
      : `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
  );

/** Letters in their plain form, in lower case, without hidden characters, with one plain space between words. */
const plainText = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\n\t]/gu, ' ')
    .replace(HIDDEN, '')
    .replace(/\s+/gu, ' ')
    .toLowerCase();

const shortened = (text: string): string => visible(text.toWellFormed()).replace(/\s+/gu, ' ');

const findingIn = (rule: SuspicionRule, at: string, text: string, start: number, length: number): SuspiciousFinding => {
  const end = start + Math.min(length, MATCH_CHARACTERS_MAX);
  const [from, to] = [Math.max(0, start - AROUND_CHARACTERS), Math.min(text.length, end + AROUND_CHARACTERS)];
  const excerpt = `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
  const match = text.slice(start, end);
  return {
    rule,
    at,
    match: shortened(match),
    excerpt: shortened(excerpt),
    text: RULE_TEXTS[rule],
  };
};

/** Names that are not ordinary words, which a sentence would hold by chance. */
export const isDistinctName = (name: string): boolean =>
  name.length >= 5 && (/[_\-.]/u.test(name) || /[a-z][A-Z]/u.test(name));

/** The distinct names of a server's tools, and the name of the tool that is examined. */
export type ToolNames = { all: ReadonlySet<string>; own: string };

function* namedTools(text: string, at: string, { all, own }: ToolNames): Generator<SuspiciousFinding> {
  if (all.size === 0) return;
  for (const match of text.matchAll(/[\w.-]{5,128}/gu)) {
    const name = match[0].replace(/\.$/u, '');
    if (name !== own && all.has(name)) yield findingIn('OTHER_TOOLS', at, text, match.index, name.length);
  }
}

function* inText(text: string, at: string, tools: ToolNames): Generator<SuspiciousFinding> {
  const plain = plainText(text);
  for (const { rule, isRaw, pattern } of RULES) {
    const where = isRaw ? text : plain;
    for (const match of where.matchAll(pattern)) {
      yield findingIn(rule, at, where, match.index, match[0].length);
      if (isRaw) break; // one of each kind of character is enough
    }
  }
  yield* namedTools(text, at, tools);
}

/** The texts of a value, the names of its members among them. */
function* textsIn(value: unknown): Generator<{ text: string; at: string }> {
  const open: { value: unknown; at: string }[] = [{ value, at: '' }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value: one, at } = next;
    if (typeof one === 'string') yield { text: one, at };
    else if (Array.isArray(one))
      for (const [index, entry] of one.entries()) open.push({ value: entry, at: below(at, index) });
    else if (isObject(one))
      for (const [name, entry] of Object.entries(one)) {
        yield { text: name, at: below(at, name) };
        open.push({ value: entry, at: below(at, name) });
      }
  }
}

/** Finds suspicious texts in definitions: descriptions, schemas, names of arguments, values of enums. */
export type SuspicionSearch = (definition: unknown, tools?: ToolNames) => SuspiciousFinding[];

const NO_TOOLS: ToolNames = { all: new Set(), own: '' };

/** A search examines a limited number of characters over all its calls; what is beyond is a finding of its own. */
export function createSuspicionSearch(charactersMax = CHARACTERS_MAX): SuspicionSearch {
  let left = charactersMax;
  return (definition, tools = NO_TOOLS) => {
    const found: SuspiciousFinding[] = [];
    for (const { text, at } of textsIn(definition)) {
      const isTooLarge = text.length > TEXT_CHARACTERS_MAX || text.length > left;
      left -= Math.min(text.length, TEXT_CHARACTERS_MAX);
      if (isTooLarge) found.push(findingIn('TOO_LARGE', at, text, 0, MATCH_CHARACTERS_MAX));
      if (left <= 0) break;
      for (const one of inText(text.slice(0, TEXT_CHARACTERS_MAX), at, tools)) {
        found.push(one);
        if (found.length >= FINDINGS_MAX) return found;
      }
    }
    return found;
  };
}

/** The findings that are new: a piece that was agreed to is suspicious no second time, wherever it stands. */
export function newFindings(
  before: readonly SuspiciousFinding[],
  after: readonly SuspiciousFinding[],
): SuspiciousFinding[] {
  const key = ({ rule, match }: SuspiciousFinding) => `${rule}\n${match}`;
  const known = new Map<string, number>();
  for (const one of before) known.set(key(one), (known.get(key(one)) ?? 0) + 1);
  return after.filter((one) => {
    const left = known.get(key(one)) ?? 0;
    known.set(key(one), left - 1);
    return left <= 0;
  });
}
