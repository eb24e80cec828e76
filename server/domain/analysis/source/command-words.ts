/** A placeholder such as `<your token>` is one word, though it holds spaces; `< file` is not a placeholder. */
const ANGLE_PLACEHOLDER = /^<[\p{L}_][^<>\n]{0,60}>/u;

/**
 * Splits a command line as a shell does: quotes group words, parts that touch are one word, and a backslash protects a
 * space or a quote. Nothing is expanded, and other backslashes stay, as Windows paths need them.
 */
export function splitCommandLine(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    const next = line.charAt(at + 1);
    if (quote !== null) {
      if (char === quote) quote = null;
      else if (char === '\\' && quote === '"' && (next === '"' || next === '\\')) word += line.charAt(++at);
      else word += char;
      continue;
    }
    const placeholder: string | undefined = char === '<' ? ANGLE_PLACEHOLDER.exec(line.slice(at))?.[0] : undefined;
    if (placeholder) {
      word = (word ?? '') + placeholder;
      at += placeholder.length - 1;
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (char === '\\' && /[\s"'\\]/.test(next)) {
      word = (word ?? '') + line.charAt(++at);
    } else word = (word ?? '') + char;
  }
  if (word !== null) words.push(word);
  return words;
}

/** Writes words so that a person can paste them into a shell; placeholders such as `<name>` stay easy to read. */
export const joinCommandLine = (words: readonly string[]): string =>
  words
    .map((word) =>
      /^[\w@%+=:,./~-]+$/.test(word.replace(/<[\w-]+>/g, 'x')) ? word : `'${word.replaceAll("'", "'\\''")}'`,
    )
    .join(' ');

export type RunnerWords = { flags: { name: string; value: string | null }[]; rest: string[] };

/** Takes the flags of a runner itself, up to the first word that is not one. `valued` names the flags with a value. */
export function takeFlags(words: readonly string[], valued: ReadonlySet<string>): RunnerWords {
  const flags: RunnerWords['flags'] = [];
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      at++;
      break;
    }
    if (!word.startsWith('-')) break;
    const equals = word.indexOf('=');
    if (equals > 0) flags.push({ name: word.slice(0, equals), value: word.slice(equals + 1) });
    else if (valued.has(word)) flags.push({ name: word, value: words[++at] ?? null });
    else flags.push({ name: word, value: null });
  }
  return { flags, rest: words.slice(at) };
}

export const valuesOf = ({ flags }: RunnerWords, ...names: string[]): string[] =>
  flags.flatMap((flag) => (names.includes(flag.name) && flag.value !== null ? [flag.value] : []));
