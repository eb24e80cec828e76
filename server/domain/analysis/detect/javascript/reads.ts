import type { EnvFinding } from '../finding.ts';

/** One place where code reads a variable; `offset` and `end` enclose the reading expression. */
export type Read = {
  name: string;
  offset: number;
  end: number;
  extra?: Partial<EnvFinding>;
  /** A sentence for people names it; that alone proves no read. */
  isMessage?: boolean;
};

const NAME = '([A-Z][A-Z0-9_]{1,79})';
const CONSTANT = '([A-Z][A-Z0-9_]{2,79})';

/** `process.env.NAME`, `process.env["NAME"]`, `Bun.env`, `Deno.env.get("NAME")`, and optional chaining. */
const DIRECT = new RegExp(
  `(?:(?:process|Bun)\\??\\.env(?:\\?)?(?:\\.${NAME}|(?:\\?\\.)?\\[\\s*["'\`]${NAME}["'\`]\\s*\\])|Deno\\.env\\.get\\(\\s*["'\`]${NAME}["'\`])`,
  'g',
);
/** `const { A, B = 'x', C: c } = process.env` */
const DESTRUCTURED = /(?:const|let|var)\s*\{([^{}]{1,2000})\}\s*=\s*process\.env\b/g;
/** `getEnv("NAME")`, `env('NAME')`, `requireEnv("NAME", …)`, `env.get("NAME")` */
const HELPER = new RegExp(
  `\\b(?:\\w*[eE]nv(?:ironment)?(?:Var(?:iable)?|String|Int|Number|Bool(?:ean)?|OrThrow|Value|Flag)?|(?:env|config\\w*)\\.(?:get|require|string|str|int|bool)\\w*)\\(\\s*["'\`]${NAME}["'\`]`,
  'g',
);
/** `envVar: "NAME"`, as option tables and settings libraries write it. */
const ENV_PROPERTY = new RegExp(
  `\\b(?:env|envVar|envName|envKey|environmentVariable(?:Name)?)\\s*:\\s*["'\`]${NAME}["'\`]`,
  'g',
);
/** commander: `new Option('--x', '…').env('NAME')` */
const OPTION_ENV = new RegExp(`\\.env\\(\\s*["'\`]${NAME}["'\`]\\s*\\)`, 'g');
/** `const env = process.env` then `env.NAME`; also a parameter with that default. */
const ALIAS = /\b(\w+)\s*(?::\s*[\w.<>, ]+)?\s*=\s*process\.env\b(?!\s*[.[?])/g;
/** A helper whose name says nothing: `function A(e){…process.env[e]…}`; its parameters are names. */
const NAMELESS_HELPER =
  /(?:function\s+([\w$]+)\s*\(\s*(?:\.\.\.)?[\w$]+[^)]*\)\s*\{|\b([\w$]+)\s*=\s*\(?\s*(?:\.\.\.)?[\w$]+[^()=>]{0,40}\)?\s*=>)[^}]{0,200}?process\.env\[\s*[a-z$][\w$]*\s*\]/g;
/** A configuration that is handed around: `env.NAME`, `this.env['NAME']`. */
const PARAMETER = new RegExp(
  `\\b(?:env|environment)\\??(?:\\.${NAME}\\b|(?:\\?\\.)?\\[\\s*["'\`]${NAME}["'\`]\\s*\\])`,
  'g',
);
/** `env[TOKEN_VARIABLE]`, where a constant holds the name. */
const BY_CONSTANT = new RegExp(`\\b(?:process\\.env|env|environment)\\[\\s*${CONSTANT}\\s*\\]`, 'g');
/** What a server says before it gives up. */
const MESSAGE =
  /(?:Error\(|console\.(?:error|log|warn)\(|stderr\.write\(|\b(?:fail|die|exit|fatal|abort)\w*\()\s*(["'`])((?:(?!\1)[^\\]|\\.){5,400})\1/g;
const INSISTS =
  /\brequired?\b|\bmissing\b|\bnot (?:been )?(?:set|provided|defined|found|configured)\b|\bmust (?:be (?:set|provided|defined|configured)|set|provide)\b|\bno [\w\s]{0,30}(?:key|token|credentials)\w* (?:(?:was|were|is|are|has been) )?(?:provided|found|set|configured)|please (?:set|provide)/i;

const escaped = (text: string): string => text.replace(/[$]/g, '\\$&');
const isWrite = (text: string, end: number): boolean => /^\s*(?:\|\||&&|\?\?)?=(?!=|>)/.test(text.slice(end, end + 8));

function* matchesOf(text: string, pattern: RegExp): Generator<Read> {
  for (const match of text.matchAll(pattern)) {
    const name = match.slice(1).find((one) => one !== undefined);
    const end = match.index + match[0].length;
    if (name && !isWrite(text, end)) yield { name, offset: match.index, end };
  }
}

function* destructured(text: string): Generator<Read> {
  for (const match of text.matchAll(DESTRUCTURED)) {
    for (const part of (match[1] ?? '').matchAll(
      new RegExp(`\\b${NAME}\\b(?:\\s*:\\s*\\w+)?(?:\\s*=\\s*["']([^"']*)["'])?`, 'g'),
    )) {
      const fallback = part[2];
      if (part[1])
        yield {
          name: part[1],
          offset: match.index,
          end: match.index,
          ...(fallback ? { extra: { default: fallback } } : {}),
        };
    }
  }
}

function* inMessages(text: string): Generator<Read> {
  for (const match of text.matchAll(MESSAGE)) {
    const message = match[2] ?? '';
    if (!INSISTS.test(message) || /optional|warning|\bif you\b|deprecated/i.test(message)) continue;
    const names = [...new Set(message.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? [])];
    const alternatives = names.length > 1 && /\bor\b|\beither\b/i.test(message) ? { alternatives: names } : {};
    if (names.length > 3) continue;
    for (const name of names)
      yield {
        name,
        offset: match.index,
        end: match.index,
        extra: { requirement: 'LAZY', ...alternatives },
        isMessage: !/\benv/i.test(message),
      };
  }
}

/** Names that a helper of the file is called with, all of them where it takes several. */
function* throughHelpers(text: string): Generator<Read> {
  for (const match of text.matchAll(NAMELESS_HELPER)) {
    const helper = match[1] ?? match[2] ?? '';
    for (const call of text.matchAll(new RegExp(`(?<![\\w$.])${escaped(helper)}\\(([^()]{3,400})\\)`, 'g'))) {
      for (const argument of (call[1] ?? '').matchAll(new RegExp(`["'\`]${NAME}["'\`]`, 'g'))) {
        const offset = call.index + call[0].indexOf(argument[0]);
        if (argument[1]) yield { name: argument[1], offset, end: call.index + call[0].length };
      }
    }
  }
}

function* throughAliases(text: string): Generator<Read> {
  for (const alias of new Set([...text.matchAll(ALIAS)].flatMap((match) => match[1] ?? []))) {
    if (alias.length < 3 && alias !== 'e') continue; // minified names are reused for everything
    yield* matchesOf(text, new RegExp(`\\b${alias}\\??\\.${NAME}\\b`, 'g'));
  }
}

/** `constants` maps names of constants, wherever in the sources they stand, to the variables that they name. */
export function* readsOf(text: string, constants: ReadonlyMap<string, string>): Generator<Read> {
  yield* matchesOf(text, DIRECT);
  yield* destructured(text);
  yield* matchesOf(text, HELPER);
  yield* matchesOf(text, ENV_PROPERTY);
  // yargs takes a prefix there, and no name
  if (!/\byargs\b|hideBin/.test(text)) yield* matchesOf(text, OPTION_ENV);
  yield* inMessages(text);
  yield* matchesOf(text, PARAMETER);
  for (const read of matchesOf(text, BY_CONSTANT)) {
    const name = constants.get(read.name);
    if (name) yield { ...read, name };
  }
  if (!/process\.env\b/.test(text)) return;
  yield* throughHelpers(text);
  yield* throughAliases(text);
}

const CONSTANT_OF_NAME = new RegExp(`\\b${CONSTANT}\\s*(?::\\s*string\\s*)?=\\s*["'\`]${NAME}["'\`]`, 'g');

/** `export const TOKEN_VARIABLE = 'A_TOKEN'`, in any file; a name that stands for two things stands for none. */
export function constantsOf(texts: readonly string[]): Map<string, string> {
  const known = new Map<string, string | null>();
  for (const text of texts) {
    for (const match of text.matchAll(CONSTANT_OF_NAME)) {
      const [, constant = '', name = ''] = match;
      known.set(constant, known.has(constant) && known.get(constant) !== name ? null : name);
    }
  }
  return new Map([...known].flatMap(([constant, name]) => (name === null ? [] : [[constant, name] as const])));
}
