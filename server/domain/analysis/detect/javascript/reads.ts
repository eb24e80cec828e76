import type { CodeFile } from '../code/code-file.ts';
import type { EnvFinding } from '../finding.ts';

/** One place where code reads a variable; `offset` and `end` enclose the reading expression. */
export type Read = {
  name: string;
  offset: number;
  end: number;
  extra?: Partial<EnvFinding>;
  /** A sentence for people names the variable; that alone proves no read. */
  isMessage?: boolean;
};

/** Files with more of these are generated, or written to keep a reader busy. */
const HELPERS_MAX = 40;
const ALIASES_MAX = 40;
const DYNAMIC_READS_MAX = 200;
const LOOK_BACK_CHARACTERS = 300;

const NAME = '([A-Z][A-Z0-9_]{1,79})';
const CONSTANT = '([A-Z][A-Z0-9_]{2,79})';
const QUOTED = `["'\`]${NAME}["'\`]`;

/** `process.env.NAME`, `process.env["NAME"]`, `Bun.env`, `Deno.env.get("NAME")`, and optional chaining. */
const DIRECT = new RegExp(
  `(?:(?:process|Bun)\\??\\.env\\??(?:\\.${NAME}|(?:\\?\\.)?\\[\\s{0,40}${QUOTED}\\s{0,40}\\])|Deno\\.env\\.get\\(\\s{0,40}${QUOTED})`,
  'g',
);
/** `process.env.weather_city`: names in lower case, which shells allow as well. Those of npm and of proxies are left out. */
const LOWER_CASE =
  /\bprocess\.env(?:\.|\[["'`])(?!npm_|https?_proxy|no_proxy|all_proxy)([a-z][a-z0-9]{1,40}(?:_[a-z0-9]{1,40}){1,6})\b/g;
/** `const { A, B = 'x', C: c } = process.env` */
const DESTRUCTURED = /(?:const|let|var)\s{0,9}\{([^{}]{1,2000})\}\s{0,9}=\s{0,9}process\.env\b/g;
const DESTRUCTURED_NAME = new RegExp(
  `\\b${NAME}\\b(?:\\s{0,9}:\\s{0,9}\\w{1,60})?(?:\\s{0,9}=\\s{0,9}["']([^"']{0,200})["'])?`,
  'g',
);
/** `getEnv("NAME")`, `env('NAME')`, `requireEnv("NAME", …)`, `env.get("NAME")` */
const HELPER = new RegExp(
  `(?:[eE]nv(?:ironment)?(?:Var(?:iable)?|String|Int|Number|Bool(?:ean)?|OrThrow|Value|Flag)?|\\b(?:env|config)\\w{0,30}\\.(?:get|require|string|str|int|bool)\\w{0,30})\\(\\s{0,40}${QUOTED}`,
  'g',
);
const WORD_BEFORE = /\w{1,60}$/;
/** `envVar: "NAME"`, as option tables and settings libraries write it. */
const ENV_PROPERTY = new RegExp(
  `\\b(?:env|envVar|envName|envKey|environmentVariable(?:Name)?)\\s{0,9}:\\s{0,40}${QUOTED}`,
  'g',
);
/** commander: `new Option('--x', '…').env('NAME')` */
const OPTION_ENV = new RegExp(`\\.env\\(\\s{0,40}${QUOTED}\\s{0,40}\\)`, 'g');
/** `const env = process.env` then `env.NAME`; also a parameter with that default. */
const ALIAS = /(?<=\b(\w{1,60})\s{0,9}(?::\s{0,9}[\w.<>, ]{1,80})?=\s{0,9})process\.env\b(?!\s{0,9}[.[?])/g;
/** A read by a name that only the caller knows: `process.env[e]`. */
const DYNAMIC = /process\.env\[\s{0,9}([a-z$][\w$]{0,40})\s{0,9}\]/g;
/** A function that takes names, whatever it is called: `function A(e){`, `const a = (...names) =>`. */
const HEADER =
  /\bfunction\s{1,9}([\w$]{1,60})\s{0,9}\(\s{0,9}(?:\.{3})?[\w$][^()]{0,120}\)[^{]{0,40}\{|\b([\w$]{1,60})\s{0,9}=\s{0,9}(?:async\s{1,9})?\(?\s{0,9}(?:\.{3})?[\w$][^()=>]{0,60}\)?\s{0,9}=>/g;
/** A configuration that is handed around: `env.NAME`, `this.env['NAME']`. */
const PARAMETER = new RegExp(
  `\\b(?:env|environment)\\??(?:\\.${NAME}\\b|(?:\\?\\.)?\\[\\s{0,40}${QUOTED}\\s{0,40}\\])`,
  'g',
);
/** `env[TOKEN_VARIABLE]`, where a constant holds the name. */
const BY_CONSTANT = new RegExp(`\\b(?:process\\.env|env|environment)\\[\\s{0,40}${CONSTANT}\\s{0,40}\\]`, 'g');
const ALL_QUOTED = new RegExp(QUOTED, 'g');
const CONSTANT_OF_NAME = new RegExp(`\\b${CONSTANT}\\s{0,9}(?::\\s{0,9}string\\s{0,9})?=\\s{0,9}${QUOTED}`, 'g');

const isWrite = (text: string, end: number): boolean =>
  /^\s{0,6}(?:\|\||&&|\?\?)?=(?!=|>)/.test(text.slice(end, end + 8));

const escaped = (text: string): string => text.replace(/[$]/g, '\\$&');

function* matchesOf({ text, isInString }: CodeFile, pattern: RegExp): Generator<Read> {
  for (const match of text.matchAll(pattern)) {
    const name = match.slice(1).find((one) => one !== undefined);
    const end = match.index + match[0].length;
    if (name && !isInString(match.index) && !isWrite(text, end)) yield { name, offset: match.index, end };
  }
}

/** A call of a helper begins where its name does: the expression looks for a part of the name, which is faster. */
function* throughNamedHelpers(file: CodeFile): Generator<Read> {
  for (const read of matchesOf(file, HELPER)) {
    const before = WORD_BEFORE.exec(file.text.slice(Math.max(0, read.offset - 60), read.offset))?.[0] ?? '';
    yield { ...read, offset: read.offset - before.length };
  }
}

function* destructured({ text, isInString }: CodeFile): Generator<Read> {
  for (const match of text.matchAll(DESTRUCTURED)) {
    if (isInString(match.index)) continue;
    for (const [, name, fallback] of (match[1] ?? '').matchAll(DESTRUCTURED_NAME)) {
      if (!name) continue;
      yield {
        name,
        offset: match.index,
        end: match.index,
        ...(fallback ? { extra: { default: fallback } } : {}),
      };
    }
  }
}

/** Names of functions that read the variable which their caller names. */
function helpersIn(text: string): string[] {
  const names = new Set<string>();
  let count = 0;
  for (const { index } of text.matchAll(DYNAMIC)) {
    if (++count > DYNAMIC_READS_MAX || names.size >= HELPERS_MAX) break;
    const before = text.slice(Math.max(0, index - LOOK_BACK_CHARACTERS), index);
    const header = [...before.matchAll(HEADER)].at(-1);
    const name = header?.[1] ?? header?.[2];
    // a brace that closes in between belongs to the function
    if (header && name && !before.slice(header.index + header[0].length).includes('}')) names.add(name);
  }
  return [...names];
}

/** Names that a helper of the file is called with, all of them where it takes several. */
function* throughHelpers({ text, isInString }: CodeFile): Generator<Read> {
  for (const helper of helpersIn(text)) {
    for (const call of text.matchAll(new RegExp(`(?<![\\w$.])${escaped(helper)}\\(([^()]{3,400})\\)`, 'g'))) {
      if (isInString(call.index)) continue;
      for (const argument of (call[1] ?? '').matchAll(ALL_QUOTED)) {
        const offset = call.index + helper.length + 1 + argument.index;
        if (argument[1]) yield { name: argument[1], offset, end: call.index + call[0].length };
      }
    }
  }
}

function* throughAliases(file: CodeFile): Generator<Read> {
  const aliases = new Set<string>();
  for (const match of file.text.matchAll(ALIAS)) {
    const alias = match[1] ?? '';
    if (alias.length >= 3 || alias === 'e') aliases.add(alias); // minified names are reused for everything
    if (aliases.size >= ALIASES_MAX) break;
  }
  for (const alias of aliases) yield* matchesOf(file, new RegExp(`\\b${alias}\\??\\.${NAME}\\b`, 'g'));
}

export const usesYargs = (text: string): boolean => /\byargs\b|hideBin/.test(text);

/** `constants` maps names of constants, wherever in the sources they stand, to the variables that they name. */
export function* readsOf(file: CodeFile, constants: ReadonlyMap<string, string>): Generator<Read> {
  yield* matchesOf(file, DIRECT);
  yield* matchesOf(file, LOWER_CASE);
  yield* destructured(file);
  yield* throughNamedHelpers(file);
  yield* matchesOf(file, ENV_PROPERTY);
  // yargs takes a prefix there, and no name
  if (!usesYargs(file.text)) yield* matchesOf(file, OPTION_ENV);
  yield* matchesOf(file, PARAMETER);
  for (const read of matchesOf(file, BY_CONSTANT)) {
    const name = constants.get(read.name);
    if (name) yield { ...read, name };
  }
  if (!file.text.includes('process.env')) return;
  yield* throughHelpers(file);
  yield* throughAliases(file);
}

/** `export const TOKEN_VARIABLE = 'A_TOKEN'`, in any file; a name that stands for two things stands for none. */
export function constantsOf(files: readonly CodeFile[]): Map<string, string> {
  const known = new Map<string, string | null>();
  for (const { text, isInString } of files) {
    for (const match of text.matchAll(CONSTANT_OF_NAME)) {
      const [, constant = '', name = ''] = match;
      if (isInString(match.index)) continue;
      known.set(constant, known.has(constant) && known.get(constant) !== name ? null : name);
    }
  }
  return new Map([...known].flatMap(([constant, name]) => (name === null ? [] : [[constant, name] as const])));
}
