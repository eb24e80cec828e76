import type { Code, CodeFile } from '../code/code-file.ts';
import { type EnvFinding, evidenceOf } from '../finding.ts';

const GO_READ = /\b(?:os|syscall)\.(?:Getenv|LookupEnv)\(\s{0,9}"([A-Z][A-Z0-9_]{1,79})"\s{0,9}\)/g;
/** `env:"NAME"`, `envconfig:"NAME,required"` in struct tags: caarlos0/env, envconfig, kong. */
const GO_TAG = /\b(?:env|envconfig)\s{0,9}:\s{0,9}"([A-Z][A-Z0-9_]{1,79})(,[^"]{0,100})?"/g;
const TAG_CHARACTERS_MAX = 300;
/** urfave/cli: `EnvVars: []string{"A", "B"}`, `Sources: cli.EnvVars("A")` */
const GO_FLAG = /\bEnvVars?\s{0,9}(?::\s{0,9}(?:\[\]string\s{0,9}\{)?|\()\s{0,9}"([A-Z][A-Z0-9_]{1,79})"/g;
const VIPER_EXPLICIT = /\.BindEnv\(\s{0,9}"[^"]{1,100}"\s{0,9},\s{0,9}"([A-Z][A-Z0-9_]{1,79})"/g;
const VIPER_PREFIX = /\bSetEnvPrefix\(\s{0,9}"([^"]{1,60})"\s{0,9}\)/;
const VIPER_KEY =
  /\b(?:viper|v|vp|cfg|config)\.(?:BindPFlag|SetDefault|Get\w{0,30}|IsSet|UnmarshalKey|BindEnv(?!\([^),]{0,200},))\(\s{0,9}"([a-zA-Z][\w.-]{0,79})"/g;
/** Rust: clap's `env = "X"`, `std::env::var("X")`, `env!("X")` is read while it is built. */
const RUST_NAME = /\benv\s{0,9}=\s{0,9}"([A-Z][A-Z0-9_]{1,79})"|\benv::var(?:_os)?\(\s{0,9}"([A-Z][A-Z0-9_]{1,79})"/g;
/** clap with a bare `env`: the field's name in capitals. */
const RUST_ATTRIBUTE = /#\[(?:arg|clap|structopt)\(/g;
const ATTRIBUTE_CHARACTERS_MAX = 600;
const BARE_ENV = /\benv\b(?!\s{0,9}[=:])/;
const RUST_FIELD =
  /^\s{0,40}(?:#\[[^\]]{0,200}\]\s{0,40}){0,6}(?:pub(?:\([^)]{0,40}\))?\s{1,9})?(\w{1,79})\s{0,9}:\s{0,9}([\w<>:, ]{1,100})/;

const finding = (file: CodeFile, name: string, offset: number, more: Partial<EnvFinding> = {}): EnvFinding => ({
  name,
  evidence: evidenceOf('SOURCE_CODE', file.path, file.lineAt(offset)),
  ...more,
});

const matchesIn = (file: CodeFile, pattern: RegExp): EnvFinding[] =>
  [...file.text.matchAll(pattern)].flatMap((match) =>
    file.isInString(match.index) ? [] : [finding(file, match[1] ?? match[2] ?? '', match.index)],
  );

function goTags(file: CodeFile): EnvFinding[] {
  return [...file.text.matchAll(GO_TAG)].flatMap((match) => {
    if (!file.isInString(match.index)) return [];
    const { index } = match;
    const before = file.text.slice(Math.max(0, index - TAG_CHARACTERS_MAX), index);
    const start = index - before.length + before.lastIndexOf('`') + 1;
    const end = index + match[0].length;
    const rest = file.text.slice(end, end + TAG_CHARACTERS_MAX);
    const tag = file.text.slice(start, end + rest.search(/[`\n]|$/));
    const fallback = /\b(?:envDefault|default)\s{0,9}:\s{0,9}"([^"]{0,200})"/.exec(tag)?.[1];
    const isRequired = /required|notEmpty/.test(match[2] ?? '') || /\brequired\s{0,9}:\s{0,9}"true"/.test(tag);
    return finding(file, match[1] ?? '', index, {
      ...(fallback ? { default: fallback } : {}),
      requirement: isRequired && !fallback ? 'HARD' : 'OPTIONAL',
    });
  });
}

/** viper with a prefix reads every key it knows from the environment: `content-size` → `X_CONTENT_SIZE`. */
function viperKeys(files: readonly CodeFile[]): EnvFinding[] {
  const prefix = files.map(({ text }) => VIPER_PREFIX.exec(text)?.[1]).find((one) => one !== undefined);
  if (prefix === undefined) return [];
  return files.flatMap((file) =>
    [...file.text.matchAll(VIPER_KEY)].map((match) => {
      const name = `${prefix}_${match[1] ?? ''}`.replace(/[-.]/g, '_').toUpperCase();
      return finding(file, name, match.index, { requirement: 'OPTIONAL' });
    }),
  );
}

/** Gives the text in the parentheses that open right before `from`, and the offset behind them. Null: they never close. */
function insideParentheses(text: string, from: number): { inside: string; end: number } | null {
  let depth = 1;
  for (let at = from; at < text.length && at < from + ATTRIBUTE_CHARACTERS_MAX; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return { inside: text.slice(from, at), end: at + 1 };
  }
  return null;
}

function bareClap(file: CodeFile): EnvFinding[] {
  return [...file.text.matchAll(RUST_ATTRIBUTE)].flatMap((match) => {
    const attribute = insideParentheses(file.text, match.index + match[0].length);
    if (!attribute || file.text[attribute.end] !== ']' || !BARE_ENV.test(attribute.inside)) return [];
    const behind = file.text.slice(attribute.end + 1, attribute.end + 1 + ATTRIBUTE_CHARACTERS_MAX);
    const [, field, type = ''] = RUST_FIELD.exec(behind) ?? [];
    if (field === undefined) return [];
    const fallback = /\bdefault_value(?:_t)?\s{0,9}=\s{0,9}"?([^",)]{1,200})"?/.exec(attribute.inside)?.[1];
    return finding(file, field.toUpperCase(), match.index, {
      ...(fallback ? { default: fallback } : {}),
      requirement: fallback || /^\s{0,9}(?:Option|Vec|bool)\b/.test(type) ? 'OPTIONAL' : 'HARD',
    });
  });
}

/** Environment reads in Go, through viper, struct tags and flags too, and in Rust, through clap. */
export function detectCompiledEnv({ go, rust }: Pick<Code, 'go' | 'rust'>): EnvFinding[] {
  return [
    ...go.flatMap((file) => [
      ...matchesIn(file, GO_READ),
      ...matchesIn(file, VIPER_EXPLICIT),
      ...matchesIn(file, GO_FLAG),
      ...goTags(file),
    ]),
    ...viperKeys(go),
    ...rust.flatMap((file) => [...matchesIn(file, RUST_NAME), ...bareClap(file)]),
  ];
}
