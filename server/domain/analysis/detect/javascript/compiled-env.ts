import { type FileSet, lineAt, type SourceFile } from '../../files/file-set.ts';
import { type EnvFinding, evidenceOf } from '../finding.ts';

const GO_READ = /\b(?:os|syscall)\.(?:Getenv|LookupEnv)\(\s*"([A-Z][A-Z0-9_]{1,79})"\s*\)/g;
/** `env:"NAME"`, `envconfig:"NAME,required"` in struct tags: caarlos0/env, envconfig, kong. */
const GO_TAG = /`[^`\n]*\b(?:env|envconfig)\s*:\s*"([A-Z][A-Z0-9_]{1,79})(,[^"]*)?"[^`\n]*`/g;
/** urfave/cli: `EnvVars: []string{"A", "B"}`, `Sources: cli.EnvVars("A")` */
const GO_FLAG = /\bEnvVars?\s*(?::\s*(?:\[\]string\s*\{)?|\()\s*"([A-Z][A-Z0-9_]{1,79})"/g;
const VIPER_EXPLICIT = /\.BindEnv\(\s*"[^"]+"\s*,\s*"([A-Z][A-Z0-9_]+)"/g;
const VIPER_PREFIX = /\bSetEnvPrefix\(\s*"([^"]+)"\s*\)/;
const VIPER_KEY =
  /\b(?:viper|v|vp|cfg|config)\.(?:BindPFlag|SetDefault|Get\w*|IsSet|UnmarshalKey|BindEnv(?!\([^)]*,))\(\s*"([a-zA-Z][\w.-]*)"/g;
/** Rust: clap's `env = "X"`, `std::env::var("X")`, `env!("X")` is read while it is built. */
const RUST_NAME = /\benv\s*=\s*"([A-Z][A-Z0-9_]{1,79})"|\benv::var(?:_os)?\(\s*"([A-Z][A-Z0-9_]{1,79})"/g;
/** clap with a bare `env`: the field's name in capitals. */
const RUST_BARE =
  /#\[(?:arg|clap|structopt)\(((?:[^()\]]|\([^()]*\))*\benv\b(?!\s*[=:])(?:[^()\]]|\([^()]*\))*)\)\]\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([^)]*\))?\s+)?(\w+)\s*:\s*([\w<>:, ]+)/g;

const finding = (file: SourceFile, name: string, offset: number, more: Partial<EnvFinding> = {}): EnvFinding => ({
  name,
  evidence: evidenceOf('SOURCE_CODE', file.path, lineAt(file.text, offset)),
  ...more,
});

const named = (file: SourceFile, pattern: RegExp): EnvFinding[] =>
  [...file.text.matchAll(pattern)].map((match) => finding(file, match[1] ?? match[2] ?? '', match.index));

function goTags(file: SourceFile): EnvFinding[] {
  return [...file.text.matchAll(GO_TAG)].map((match) => {
    const fallback = /\b(?:envDefault|default)\s*:\s*"([^"]*)"/.exec(match[0])?.[1];
    const isRequired = /required|notEmpty/.test(match[2] ?? '') || /\brequired\s*:\s*"true"/.test(match[0]);
    return finding(file, match[1] ?? '', match.index, {
      ...(fallback ? { default: fallback } : {}),
      requirement: isRequired && !fallback ? 'HARD' : 'OPTIONAL',
    });
  });
}

/** viper with a prefix reads every key it knows from the environment: `content-size` → `X_CONTENT_SIZE`. */
function viperKeys(files: readonly SourceFile[]): EnvFinding[] {
  const prefix = files.map(({ text }) => VIPER_PREFIX.exec(text)?.[1]).find((one) => one !== undefined);
  if (prefix === undefined) return [];
  return files.flatMap((file) =>
    [...file.text.matchAll(VIPER_KEY)].map((match) => {
      const name = `${prefix}_${match[1] ?? ''}`.replace(/[-.]/g, '_').toUpperCase();
      return finding(file, name, match.index, { requirement: 'OPTIONAL' });
    }),
  );
}

function bareClap(file: SourceFile): EnvFinding[] {
  return [...file.text.matchAll(RUST_BARE)].map((match) => {
    const [, attribute = '', field = '', type = ''] = match;
    const fallback = /\bdefault_value(?:_t)?\s*=\s*"?([^",)]+)"?/.exec(attribute)?.[1];
    return finding(file, field.toUpperCase(), match.index, {
      ...(fallback ? { default: fallback } : {}),
      requirement: fallback || /^\s*(?:Option|Vec|bool)\b/.test(type) ? 'OPTIONAL' : 'HARD',
    });
  });
}

/** Environment reads in Go, through viper, struct tags and flags too, and in Rust, through clap. */
export function detectCompiledEnv(set: FileSet): EnvFinding[] {
  const go = set.files.filter((file) => file.path.endsWith('.go'));
  const rust = set.files.filter((file) => file.path.endsWith('.rs'));
  return [
    ...go.flatMap((file) => [
      ...named(file, GO_READ),
      ...named(file, VIPER_EXPLICIT),
      ...named(file, GO_FLAG),
      ...goTags(file),
    ]),
    ...viperKeys(go),
    ...rust.flatMap((file) => [...named(file, RUST_NAME), ...bareClap(file)]),
  ];
}
