import { type FileSet, lineAt, type SourceFile } from '../file-set.ts';
import { ENV_NAME, type EnvFinding, evidenceOf } from './finding.ts';

const isJavaScript = (path: string): boolean => /\.[cm]?[jt]sx?$/i.test(path);

const BUNDLE_BYTES = 400_000;
const NAME = '([A-Z][A-Z0-9_]{1,79})';

/** `process.env.NAME`, `process.env["NAME"]`, `Bun.env`, `Deno.env.get("NAME")`, and optional chaining. */
const DIRECT = new RegExp(
  `(?:(?:process|Bun)\\??\\.env(?:\\?)?(?:\\.${NAME}|(?:\\?\\.)?\\[\\s*["'\`]${NAME}["'\`]\\s*\\])|Deno\\.env\\.get\\(\\s*["'\`]${NAME}["'\`])`,
  'g',
);
/** `const { A, B = 'x', C: c } = process.env` */
const DESTRUCTURED = /(?:const|let|var)\s*\{([^{}]{1,2000})\}\s*=\s*process\.env\b/g;
/** `getEnv("NAME")`, `env('NAME')`, `requireEnv("NAME", …)`, `envVar: "NAME"` */
const HELPER = new RegExp(
  `\\b(\\w*[eE]nv(?:ironment)?(?:Var(?:iable)?|String|Int|Number|Bool(?:ean)?|OrThrow|Value|Flag)?)\\(\\s*["'\`]${NAME}["'\`]`,
  'g',
);
const ENV_PROPERTY = new RegExp(
  `\\b(?:env|envVar|envName|envKey|environmentVariable)\\s*:\\s*["'\`]${NAME}["'\`]`,
  'g',
);
/** commander: `new Option('--x', '…').env('NAME')` */
const OPTION_ENV = new RegExp(`\\.env\\(\\s*["'\`]${NAME}["'\`]\\s*\\)`, 'g');
/** `const env = process.env` then `env.NAME`; also a parameter with that default. */
const ALIAS = /\b(\w+)\s*(?::\s*[\w.<>, ]+)?\s*=\s*process\.env\b(?!\s*[.[?])/g;
/** A schema validated against process.env: its keys are names. */
const SCHEMA_USE =
  /(?:parse|safeParse|validate|cleanEnv|createEnv|envsafe)\w*\(\s*(?:\{\s*(?:runtimeEnv\s*:\s*)?)?(?:\.\.\.)?process\.env\b|runtimeEnv\s*:\s*process\.env/;
const SCHEMA_KEY = new RegExp(
  `(?:^|[{,]\\s*|\\n\\s*)["']?${NAME}["']?\\s*:\\s*(z\\w*|v|t|str|num|bool|url|Type|Joi|yup)\\s*(?:\\.\\s*(\\w+))?\\(([^\\n]{0,300})`,
  'g',
);

/** A helper whose name says nothing: `function A(e){…process.env[e]…}`; its first parameter is the name. */
const NAMELESS_HELPER =
  /(?:function\s+([\w$]+)\s*\(\s*([\w$]+)[^)]*\)\s*\{|\b([\w$]+)\s*=\s*\(?\s*([\w$]+)[^()=>]{0,40}\)?\s*=>)[^}]{0,200}?process\.env\[\s*([\w$]+)\s*\]/g;
/** A configuration that is handed around: `env.NAME`. */
const PARAMETER = new RegExp(`\\b(?:env|environment)\\??\\.${NAME}\\b`, 'g');
/** What a server says before it gives up. */
const MESSAGE =
  /(?:Error\(|console\.(?:error|log|warn)\(|stderr\.write\(|\b(?:fail|die|exit|fatal|abort)\w*\()\s*(["'`])((?:(?!\1)[^\\]|\\.){5,400})\1/g;
const INSISTS =
  /\brequired?\b|\bmissing\b|\bnot (?:been )?(?:set|provided|defined|found|configured)\b|\bmust (?:be (?:set|provided|defined|configured)|set|provide)\b|\bno [\w\s]{0,30}(?:key|token|credentials)\w* (?:provided|found|set)|please (?:set|provide)/i;

type Read = { name: string; offset: number; end: number; extra?: Partial<EnvFinding>; isMessage?: boolean };

const isWrite = (text: string, end: number): boolean => /^\s*(?:\|\||&&|\?\?)?=(?!=|>)/.test(text.slice(end, end + 8));

function* directReads(text: string): Generator<Read> {
  for (const match of text.matchAll(DIRECT)) {
    const name = match[1] ?? match[2] ?? match[3];
    const end = match.index + match[0].length;
    if (name && !isWrite(text, end)) yield { name, offset: match.index, end };
  }
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

function* indirectReads(text: string): Generator<Read> {
  const readsEnvironment = /process\.env\b/.test(text);
  for (const pattern of [HELPER, ENV_PROPERTY, OPTION_ENV]) {
    for (const match of text.matchAll(pattern)) {
      const name = match.at(-1);
      if (name) yield { name, offset: match.index, end: match.index + match[0].length };
    }
  }
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
  for (const match of text.matchAll(PARAMETER)) {
    const end = match.index + match[0].length;
    if (match[1] && !isWrite(text, end)) yield { name: match[1], offset: match.index, end };
  }
  if (!readsEnvironment) return;
  for (const match of text.matchAll(NAMELESS_HELPER)) {
    const helper = match[1] ?? match[3] ?? '';
    if ((match[2] ?? match[4]) !== match[5]) continue;
    for (const call of text.matchAll(new RegExp(`(?<![\\w$.])${escaped(helper)}\\(\\s*["'\`]${NAME}["'\`]`, 'g'))) {
      if (call[1]) yield { name: call[1], offset: call.index, end: call.index + call[0].length };
    }
  }
  for (const alias of new Set([...text.matchAll(ALIAS)].flatMap((match) => match[1] ?? []))) {
    if (alias.length < 3 && alias !== 'e') continue; // minified names are reused for everything
    for (const match of text.matchAll(new RegExp(`\\b${alias}\\??\\.${NAME}\\b`, 'g'))) {
      const end = match.index + match[0].length;
      if (match[1] && !isWrite(text, end)) yield { name: match[1], offset: match.index, end };
    }
  }
  if (SCHEMA_USE.test(text)) {
    for (const match of text.matchAll(SCHEMA_KEY)) {
      const [whole, name, , , rest = ''] = match;
      if (!name) continue;
      const chain = `${match[3] ?? ''}(${rest}`;
      const fallback = /\.default\(\s*["'`]?([^"'`)]+)["'`]?\s*\)/.exec(chain)?.[1];
      const isOptional = /\.(?:optional|nullish|nullable|default|catch)\(/.test(chain) || fallback !== undefined;
      const isExact = whole.includes('z.string()') || match[3] === 'string';
      yield {
        name,
        offset: match.index + whole.indexOf(name),
        end: match.index + whole.length,
        extra: {
          ...(fallback ? { default: fallback } : {}),
          ...(isOptional ? { requirement: 'OPTIONAL' as const } : isExact ? { requirement: 'HARD' as const } : {}),
        },
      };
    }
  }
}

/** What stands right behind a read: a default, a comparison. */
function usage(text: string, { offset, end }: Read): Partial<EnvFinding> {
  const after = text.slice(end, end + 120);
  const before = text.slice(Math.max(0, offset - 30), offset);
  const found: Partial<EnvFinding> = {};
  const fallback =
    /^\s*\)?\s*(?:\|\||\?\?)\s*(?:String\()?(?:(["'`])([^"'`\n]*)\1|(\d[\d_.e]*)\b(?!\s*[*+])|(true|false)\b)/.exec(
      after,
    );
  const value = fallback?.[2] ?? fallback?.[3] ?? fallback?.[4];
  if (value !== undefined) {
    if (value !== '') found.requirement = 'OPTIONAL';
    if (value !== '' && !value.includes('${')) found.default = value;
  } else if (/^\s*(?:\|\||\?\?)\s*[A-Z_a-z(`[{]/.test(after)) {
    if (!/^\s*(?:\|\||\?\?)\s*(?:process\.env|undefined|null|throw|fail|die|exit)/.test(after))
      found.requirement = 'OPTIONAL';
  }
  if (/^\s*(?:\?\.\w+\([^)]*\))?\s*[!=]==?\s*["'](?:true|false|1|0|yes|on)["']/i.test(after)) {
    found.kind = 'BOOLEAN';
    found.requirement = 'OPTIONAL';
  }
  if (/(?:parseInt|parseFloat|Number)\(\s*$/.test(before)) found.kind = 'NUMBER';
  return found;
}

const ENDS = /process\.exit\(|\bthrow\b/;

/** The variable that a read is stored in: `const key = process.env.NAME`, `key: process.env.NAME`. */
const storedIn = (text: string, offset: number): string | null =>
  /(?:(?:const|let|var)\s+(\w+)(?:\s*:\s*[^=\n]{1,40})?|\b(\w+))\s*=\s*\(?$/
    .exec(text.slice(Math.max(0, offset - 80), offset))
    ?.slice(1)
    .find((one) => one !== undefined) ?? null;

const GUARD_CHARACTERS_MAX = 1_500;

const isTopLevel = (text: string, offset: number): boolean =>
  /^\S/.test(text.slice(text.lastIndexOf('\n', offset) + 1, offset + 1));

const escaped = (text: string): string => text.replace(/[$]/g, '\\$&');

/**
 * A guard that ends the program or throws when the variable is unset. Both must be plain: a condition with other
 * parts (a mode, another way to sign in) proves nothing about the usual case, but names that only negate each other
 * (`!a && !b`) are alternatives.
 */
function guardOf(text: string, read: Read, stored: Map<string, string>): Partial<EnvFinding> {
  const variable = storedIn(text, read.offset);
  const subject =
    variable && variable.length > 2
      ? `(?:${escaped(variable)}|process\\.env\\.${read.name})`
      : `process\\.env\\.${read.name}`;
  const guard = new RegExp(`\\bif\\s*\\(([^(){};]*!\\s*${subject}\\b[^(){};]*)\\)\\s*(\\{?)`, 'g');
  for (const match of text.matchAll(guard)) {
    const condition = (match[1] ?? '').trim();
    // a local name such as `secret` is guarded near its read; only a constant of the whole file may be guarded anywhere
    const isNear = match.index > read.offset && match.index < read.offset + GUARD_CHARACTERS_MAX;
    if (!isNear && !(isTopLevel(text, read.offset) || match[0].includes('process.env'))) continue;
    const start = match.index + match[0].length;
    const body = text.slice(start, start + 700);
    const closing = match[2] === '{' ? body.search(/\n\s*\}|\}/) : body.search(/;|\n/);
    const inside = body.slice(0, closing === -1 ? 300 : closing + 1);
    if (!ENDS.test(inside)) continue;
    const parts = condition.split(/\s*&&\s*/);
    const names = parts.map((part) => {
      const plain = /^!\s*(?:process\.env\.([A-Z0-9_]+)|(\w+))$/.exec(part.trim());
      return plain?.[1] ?? (plain?.[2] ? (stored.get(plain[2]) ?? null) : null);
    });
    if (names.some((name) => name === null)) continue;
    const topLevel = isTopLevel(text, match.index);
    const requirement =
      inside.includes('process.exit') || (topLevel && /\bthrow\b/.test(inside)) ? ('HARD' as const) : ('LAZY' as const);
    const alternatives = names.flatMap((name) => name ?? []);
    return { requirement, ...(alternatives.length > 1 ? { alternatives } : {}) };
  }
  return {};
}

function readsIn(file: SourceFile): EnvFinding[] {
  const { text, path } = file;
  const all = [...directReads(text), ...indirectReads(text)].filter((read) => ENV_NAME.test(read.name));
  // a constant in an error message is a variable only where the file reads it too, or the message says so
  const known = new Set(all.flatMap((read) => (read.isMessage ? [] : [read.name])));
  const reads = all.filter((read) => known.has(read.name));
  if (reads.length === 0) return [];
  const isBundle = text.length > BUNDLE_BYTES;
  const stored = new Map(
    reads.flatMap((read) => {
      const variable = storedIn(text, read.offset);
      return variable ? [[variable, read.name] as const] : [];
    }),
  );
  const guards = new Map<string, Partial<EnvFinding>>();
  return reads.map((read) => {
    // in a bundle, guards of the libraries inside look like the server's own
    const guard = isBundle ? {} : (guards.get(read.name) ?? guardOf(text, read, stored));
    guards.set(read.name, guard);
    return {
      name: read.name,
      evidence: evidenceOf(
        'SOURCE_CODE',
        path,
        lineAt(text, read.offset),
        isBundle ? 'in a bundle, perhaps read by a library' : null,
      ),
      ...usage(text, read),
      ...read.extra,
      ...guard,
    };
  });
}

/** Environment reads in JavaScript and TypeScript. */
export const detectJavaScriptEnv = (set: FileSet): EnvFinding[] =>
  set.files.filter((file) => isJavaScript(file.path)).flatMap(readsIn);
