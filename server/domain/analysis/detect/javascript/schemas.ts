import { type FileSet, lineAt, type SourceFile } from '../../files/file-set.ts';
import type { FieldKind } from '../../result.ts';
import { detectCodeArguments } from '../code-arguments.ts';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../finding.ts';
import { entriesOf, type LiteralEntry } from './object-literal.ts';

/** A schema that is held against process.env: zod, valibot, t3-env, znv, envalid, envsafe. */
const HELD_AGAINST_ENV =
  /(?:parse|safeParse|validate|assert|check|create|decode)\w*\(\s*(?:[\w.]+\s*,\s*)?(?:\{\s*(?:runtimeEnv\s*:\s*)?)?(?:\.\.\.)?process\.env\b|runtimeEnv(?:Strict)?\s*:\s*(?:process\.env|\{)|\b(?:cleanEnv|createEnv|envsafe|parseEnv)\(/;
const SCHEMA_OBJECT =
  /\b(?:z|v|t|s|Type|Joi|yup|zod)\w{0,3}\s*\.\s*(?:object|strictObject|looseObject|Object)\(\s*\{|\b(?:cleanEnv|parseEnv)\(\s*[^,(){}]{1,60},\s*\{|\b(?:createEnv|envsafe|convict)\(\s*\{/g;
/** A schema of settings whose keys are not the variables' names: `const ServerConfigSchema = z.object({` */
const SETTINGS_OBJECT =
  /\b(?:const|let|var)\s+(\w*(?:config|settings|options|env)\w*)\s*(?::[^=\n]{1,80})?=\s*(?:z\w{0,3}\s*\.\s*(?:object|strictObject|looseObject)\(\s*)?\{/gi;
const SCHEMA_VALUE =
  /^(?:z|v|t|s|Type|Joi|yup|zod)\w{0,3}\s*\.|^(?:str|num|bool|port|url|email|host|json|makeValidator)\w*\s*\(/;
/** yargs-parser's `envPrefix: "X_"`, and yargs' `.env("X")`. */
const ENV_PREFIX = /\benvPrefix\s*:\s*["'`]([A-Z][A-Z0-9_]*?)_?["'`]/;
const YARGS_PREFIX = /\.env\(\s*["'`]([A-Z][A-Z0-9_]*?)_?["'`]\s*\)/;

const isJavaScript = (path: string): boolean => /\.[cm]?[jt]sx?$/i.test(path);
const isYargs = (text: string): boolean => /\byargs\b|hideBin/.test(text);

const literal = (value: string, pattern: string): string | undefined =>
  new RegExp(`${pattern}\\s*(?:(["'\`])((?:(?!\\1)[^\\\\]|\\\\.){0,400})\\1|(-?\\d[\\d_.]*|true|false)\\s*[,)}])`)
    .exec(`${value},`)
    ?.slice(2)
    .find((one) => one !== undefined);

/** What a schema's own words say of one entry. */
function factsOf(value: string): Partial<EnvFinding> {
  const fallback = literal(value, '(?:\\.(?:default|catch|prefault)\\(|\\b(?:default|devDefault)\\s*:)');
  const description = literal(
    value,
    '(?:\\.(?:describe|meta|description)\\(|\\b(?:desc|doc|description|describe)\\s*:)',
  );
  const enumerated = /(?:\b(?:enum|picklist|valid|oneOf)\w*\(|\bchoices\s*:)\s*\[?([^\])]{2,400})/.exec(value)?.[1];
  const choices = [...(enumerated ?? '').matchAll(/["'`]([^"'`]{1,60})["'`]/g)].flatMap((one) => one[1] ?? []);
  const isOptional =
    fallback !== undefined ||
    /\.(?:optional|nullish|nullable|default|catch|prefault)\(|^v\.(?:optional|nullish)\(|\bdefault\s*:|\.undefined\(/.test(
      value,
    );
  const kind: FieldKind | undefined = /\bboolean\(|^bool\w*\(|\bstringbool\(/.test(value)
    ? 'BOOLEAN'
    : /\bnumber\(|\.int\(|^(?:num|port)\w*\(/.test(value)
      ? 'NUMBER'
      : undefined;
  const isExact = /^z\w{0,3}\s*\.\s*(?:string|url|enum|email)\(|^(?:str|url|host|email)\w*\(/.test(value);
  return {
    ...(fallback ? { default: fallback } : {}),
    ...(description ? { description } : {}),
    ...(kind ? { kind } : choices.length > 1 ? { choices } : {}),
    ...(isOptional ? { requirement: 'OPTIONAL' as const } : isExact ? { requirement: 'HARD' as const } : {}),
  };
}

const findingOf = (file: SourceFile, name: string, entry: LiteralEntry, note: string | null): EnvFinding => ({
  name,
  evidence: evidenceOf('SOURCE_CODE', file.path, lineAt(file.text, entry.offset), note),
  ...factsOf(entry.value),
});

/** Keys that are the variables themselves: `{ A_KEY: z.string() }` held against process.env, wherever in the sources. */
function namesInSchemas(file: SourceFile): EnvFinding[] {
  const isHeldHere = HELD_AGAINST_ENV.test(file.text);
  return [...file.text.matchAll(SCHEMA_OBJECT)].flatMap((match) => {
    const entries = entriesOf(file.text, match.index + match[0].length - 1);
    const nested = entries.flatMap((entry) =>
      /^(?:server|client|shared)$/.test(entry.key) && entry.value.startsWith('{')
        ? entriesOf(file.text, file.text.indexOf('{', entry.offset))
        : [],
    );
    return [...entries, ...nested].flatMap((entry) =>
      ENV_NAME.test(entry.key) && SCHEMA_VALUE.test(entry.value) && (isHeldHere || entry.key.includes('_'))
        ? [findingOf(file, entry.key, entry, null)]
        : [],
    );
  });
}

/** yargs-parser turns `MAX_TIME_M_S` into `maxTimeMS`, so every capital stands for a word. */
const asVariable = (prefix: string, key: string): string =>
  `${prefix}_${key.replace(/[-.]/g, '_').replace(/(?<=[a-zA-Z0-9])([A-Z])/g, '_$1')}`.toUpperCase();

/** `@scope/name` for the code of a part that is published on its own; empty for the package itself. */
const packageOf = (path: string): string => /^@[^/]+\/[^/]+/.exec(path)?.[0] ?? '';

/** Keys behind a prefix that yargs reads the environment under: `connectionString` → `X_CONNECTION_STRING`. */
function namesBehindPrefix(files: readonly SourceFile[], set: FileSet): EnvFinding[] {
  const schemaPrefix = files.map(({ text }) => ENV_PREFIX.exec(text)?.[1]).find((one) => one !== undefined);
  const yargsPrefix = files
    .map(({ text }) => (isYargs(text) ? YARGS_PREFIX.exec(text)?.[1] : undefined))
    .find((one) => one !== undefined);
  const prefix = schemaPrefix ?? yargsPrefix;
  if (prefix === undefined) return [];
  // tools have schemas too: the settings lie in the package that knows the prefix
  const home = files.find(({ text }) => ENV_PREFIX.test(text) || YARGS_PREFIX.test(text));
  const near = files.filter(({ path }) => packageOf(path) === packageOf(home?.path ?? ''));
  const note = `under the prefix ${prefix}_`;
  const inSchemas = near.flatMap((file) =>
    [...file.text.matchAll(SETTINGS_OBJECT)].flatMap((match) =>
      entriesOf(file.text, match.index + match[0].length - 1).flatMap((entry) =>
        /^[a-z][\w-]*$/.test(entry.key) && SCHEMA_VALUE.test(entry.value)
          ? [findingOf(file, asVariable(prefix, entry.key), entry, note)]
          : [],
      ),
    ),
  );
  const flags = yargsPrefix === undefined ? [] : detectCodeArguments(set).filter(({ flag }) => flag !== null);
  const inFlags = flags.map(
    ({ name, evidence, description, kind, default: fallback, choices, required }): EnvFinding => ({
      name: asVariable(prefix, name),
      evidence: { ...evidence, note },
      ...(description ? { description } : {}),
      ...(kind ? { kind } : {}),
      ...(fallback ? { default: fallback } : {}),
      ...(choices?.length ? { choices } : {}),
      requirement: required && !fallback ? 'LAZY' : 'OPTIONAL',
    }),
  );
  return [...inSchemas, ...inFlags].filter(({ name }) => ENV_NAME.test(name));
}

/** Variables that JavaScript reads through a settings framework, so that no `process.env.NAME` names them. */
export function detectJavaScriptSchemas(set: FileSet): EnvFinding[] {
  const files = set.files.filter(({ path }) => isJavaScript(path));
  // the schema often lies in one file and is held against process.env in another
  const isHeld = files.some(({ text }) => HELD_AGAINST_ENV.test(text));
  return [...(isHeld ? files.flatMap(namesInSchemas) : []), ...namesBehindPrefix(files, set)];
}
