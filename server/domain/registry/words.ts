/**
 * The words that an entry is found by. Each field is words in lower case, separated by spaces, for
 * `to_tsvector('simple', …)`.
 */
export type EntryWords = {
  /** The name after the slash, and the title. */
  name: string;
  /** The publisher, and packages. */
  publisher: string;
  description: string;
  /** Ends of longer words, so that `hub` finds `github`. */
  suffixes: string;
};

/** Every server here is an MCP server: these words tell nothing. */
const GENERIC = new Set(['mcp', 'server', 'servers', 'the', 'a', 'an', 'for', 'and', 'of', 'to', 'with']);
/** Common parts of reverse domain names and addresses. */
const DOMAIN = new Set([
  'https',
  'http',
  'io',
  'com',
  'org',
  'net',
  'ai',
  'dev',
  'app',
  'co',
  'github',
  'www',
  'directory',
]);

const SUFFIX_CHARACTERS_MIN = 3;
const WORD_CHARACTERS_MAX = 40;
const NAME_WORDS_MAX = 16;
const QUERY_WORDS_MAX = 8;

/** `getMyHTTPServer_v2` → get, my, http, server, v2: words as people would type them. */
function wordsOf(text: string): string[] {
  const split = text
    .normalize('NFKC')
    .replace(/(\p{Ll}|\p{Nd})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return (split ?? []).map((word) => word.slice(0, WORD_CHARACTERS_MAX));
}

/** Written together as well: `git hub` is found by `github`. */
const named = (text: string): string[] => {
  const whole = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set([...whole, ...wordsOf(text)])];
};

export function entryWords(server: {
  name: string;
  title: string;
  description: string;
  packages: { identifier: string }[];
}): EntryWords {
  const slash = server.name.indexOf('/');
  const names = [...new Set([...named(server.name.slice(slash + 1)), ...named(server.title)])].slice(0, NAME_WORDS_MAX);
  const publisher = [
    ...named(server.name.slice(0, Math.max(slash, 0))).filter((word) => !DOMAIN.has(word)),
    ...server.packages.slice(0, 5).flatMap(({ identifier }) => named(identifier)),
  ].slice(0, NAME_WORDS_MAX * 2);
  const suffixes = new Set(
    [...names, ...publisher].filter((word) => !GENERIC.has(word)).flatMap((word) => suffixesOf(word)),
  );
  return {
    name: names.join(' '),
    publisher: publisher.join(' '),
    description: named(server.description).join(' '),
    suffixes: [...suffixes].join(' '),
  };
}

const suffixesOf = (word: string): string[] =>
  Array.from({ length: Math.max(0, word.length - SUFFIX_CHARACTERS_MIN) }, (_, at) => word.slice(at + 1));

/**
 * A query for `to_tsquery('simple', …)`: all words, each as a beginning, since people search while they type. Null when
 * there is nothing to search for.
 */
export function tsqueryOf(text: string): string | null {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const telling = words.filter((word) => !GENERIC.has(word));
  // of a name or an address, such as com.stripe/mcp, the domain tells nothing: half of all names begin with io.github
  const own = /[./]/.test(text) ? telling.filter((word) => !DOMAIN.has(word)) : telling;
  const terms = [...new Set(own.length > 0 ? own : telling)]
    .slice(0, QUERY_WORDS_MAX)
    .map((word) => word.slice(0, WORD_CHARACTERS_MAX));
  return terms.length === 0 ? null : terms.map((word) => `'${word}':*`).join(' & ');
}
