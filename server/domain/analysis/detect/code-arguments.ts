import type { Code } from './code/code-file.ts';
import type { ArgumentFinding } from './finding.ts';
import { argumentsInScripts, BUNDLE_CHARACTERS } from './javascript/arguments.ts';
import { wordsDemanded } from './javascript/syntax/command-line-words.ts';
import { subcommandsIn } from './javascript/syntax/command-scope.ts';
import { treeOf } from './javascript/syntax/tree.ts';
import { argumentsInPython } from './python/arguments.ts';

/** Options that the sources declare. */
export function detectCodeArguments(code: Code): ArgumentFinding[] {
  return [
    ...argumentsInScripts(code.javascript),
    ...code.python.filter(({ text }) => text.length <= BUNDLE_CHARACTERS).flatMap(argumentsInPython),
  ];
}

/** The words without which a start of the entry ends, counted with its subcommands. */
export const demandedWords = ({ javascript }: Code, entry: string | undefined): ReturnType<typeof wordsDemanded> =>
  wordsDemanded(
    javascript.filter(({ text }) => text.length <= BUNDLE_CHARACTERS).flatMap((file) => treeOf(file) ?? []),
    entry,
  );

/** Subcommands that start a server for stdio, the most telling one first. */
const STDIO_SUBCOMMANDS = ['stdio', 'mcp', 'mcp-server', 'serve', 'server', 'start', 'run'];

/**
 * The subcommand that starts the server, from the ones that the program declares; null when it starts without one. It
 * counts only where no document shows a launch.
 */
export function stdioSubcommand({ javascript }: Code): string | null {
  const trees = javascript.flatMap((file) => (/\.command\(/.test(file.text) ? (treeOf(file) ?? []) : []));
  const { names, hasDefault } = subcommandsIn(trees);
  return hasDefault ? null : (STDIO_SUBCOMMANDS.find((name) => names.includes(name)) ?? null);
}

/** `process.argv.includes('--stdio')`: a flag without which the program may not speak stdio. */
const STDIO_FLAG = /argv[^\n;]{0,60}?["'`](--stdio|--mcp)["'`]/;

/** `argv.includes('--mcp') || argv.includes('--server')`: flags that one condition takes for the same. */
const OTHER_FLAG = /["'`](--[a-z][\w-]{1,40})["'`]\s{0,9}\)/g;
const CONDITION_CHARACTERS = 200;
const CONDITION_END = /[;{}]/;

/** The flags in the condition around an offset that joins them with `||`. */
function flagsInCondition(text: string, offset: number): string[] {
  const before = text.slice(Math.max(0, offset - CONDITION_CHARACTERS), offset);
  const after = text.slice(offset, offset + CONDITION_CHARACTERS);
  const condition = (before.split(CONDITION_END).at(-1) ?? '') + (after.split(CONDITION_END)[0] ?? '');
  if (!condition.includes('||')) return [];
  return [...condition.matchAll(OTHER_FLAG)].flatMap((match) => match[1] ?? []);
}

/**
 * The words without which a program may not speak stdio: a flag that it looks for, or a choice of transport whose
 * default is another one. Of several flags for the same, one of `shown`, which launches give, is taken. Null when the
 * program speaks stdio anyway.
 */
export function stdioArguments(
  code: Code,
  declared: readonly ArgumentFinding[],
  shown: ReadonlySet<string> = new Set(),
): string[] | null {
  for (const { text } of code.all) {
    const found = STDIO_FLAG.exec(text);
    if (!found?.[1]) continue;
    const flags = flagsInCondition(text, found.index);
    return [flags.find((flag) => shown.has(flag)) ?? found[1]];
  }
  const transport = declared.find(
    ({ flag, choices = [], default: fallback }) =>
      flag !== null &&
      /^--?(?:transport|transport-type|mode)$/i.test(flag) &&
      fallback !== undefined &&
      fallback !== 'stdio' &&
      (choices.includes('stdio') || /^(?:sse|http|streamable-?http|streamable_http)$/i.test(fallback)),
  );
  return transport?.flag ? [transport.flag, 'stdio'] : null;
}
