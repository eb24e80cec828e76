import type { CodeFile } from '../code/code-file.ts';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../finding.ts';
import { argumentsInScripts } from './arguments.ts';
import { createBudget, entriesOf, type LiteralEntry } from './object-literal.ts';
import { usesYargs } from './reads.ts';
import { factsOfSchema } from './schema-facts.ts';

/** A schema that is held against process.env: zod, valibot, t3-env, znv, envalid, envsafe. */
const HOLDS_ENV = /runtimeEnv(?:Strict)?\s{0,9}:\s{0,9}(?:process\.env|\{)|\b(?:cleanEnv|createEnv|envsafe|parseEnv)\(/;
const ENVIRONMENT = /process\.env\b/g;
const HOLDING_CALL =
  /(?:parse|validate|assert|check|create|decode)\w{0,30}\(\s{0,40}(?:[\w.]{1,60}\s{0,9},\s{0,40})?(?:\{\s{0,40}(?:runtimeEnv\s{0,9}:\s{0,9})?)?(?:\.{3})?$/i;
const CALL_CHARACTERS_MAX = 200;

function isHeldAgainstEnv(text: string): boolean {
  if (HOLDS_ENV.test(text)) return true;
  for (const { index } of text.matchAll(ENVIRONMENT)) {
    if (HOLDING_CALL.test(text.slice(Math.max(0, index - CALL_CHARACTERS_MAX), index))) return true;
  }
  return false;
}

const SCHEMA_OBJECT =
  /\b(?:z|v|t|s|Type|Joi|yup|zod)\w{0,3}\s{0,20}\.\s{0,9}(?:object|strictObject|looseObject|Object)\(\s{0,40}\{|\b(?:cleanEnv|parseEnv)\([^,(){}]{1,60},\s{0,40}\{|\b(?:createEnv|envsafe|convict)\(\s{0,40}\{/g;
/** A schema of settings whose keys are not the variables' names: `const ServerConfigSchema = z.object({` */
const SETTINGS_OBJECT =
  /\b(?:const|let|var)\s{1,9}(\w{0,40}(?:config|settings|options|env)\w{0,40})\s{0,9}(?::[^=\n]{1,80})?=\s{0,40}(?:z\w{0,3}\s{0,20}\.\s{0,9}(?:object|strictObject|looseObject)\(\s{0,40})?\{/gi;
const SCHEMA_VALUE =
  /^(?:z|v|t|s|Type|Joi|yup|zod)\w{0,3}\s{0,20}\.|^(?:str|num|bool|port|url|email|host|json|makeValidator)\w{0,30}\s{0,9}\(/;
/** yargs-parser's `envPrefix: "X_"`, and yargs' `.env("X")`. */
const ENV_PREFIX = /\benvPrefix\s{0,9}:\s{0,9}["'`]([A-Z][A-Z0-9_]{0,60}?)_?["'`]/;
const YARGS_PREFIX = /\.env\(\s{0,9}["'`]([A-Z][A-Z0-9_]{0,60}?)_?["'`]\s{0,9}\)/;

const findingOf = (file: CodeFile, name: string, entry: LiteralEntry, note: string | null): EnvFinding => ({
  name,
  evidence: evidenceOf('SOURCE_CODE', file.path, file.lineAt(entry.offset), note),
  ...factsOfSchema(entry.value),
});

/** Keys that are the variables themselves: `{ A_KEY: z.string() }` held against process.env, wherever in the sources. */
function namesInSchemas(file: CodeFile): EnvFinding[] {
  const { text } = file;
  const isHeldHere = isHeldAgainstEnv(text);
  const budget = createBudget();
  return [...text.matchAll(SCHEMA_OBJECT)].flatMap((match) => {
    if (file.isInString(match.index)) return [];
    const entries = entriesOf(text, match.index + match[0].length - 1, budget);
    const nested = entries.flatMap((entry) =>
      /^(?:server|client|shared)$/.test(entry.key) && entry.value.startsWith('{')
        ? entriesOf(text, text.indexOf('{', entry.offset), budget)
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
function namesBehindPrefix(files: readonly CodeFile[]): EnvFinding[] {
  const schemaPrefix = files.map(({ text }) => ENV_PREFIX.exec(text)?.[1]).find((one) => one !== undefined);
  const yargsPrefix = files
    .map(({ text }) => (usesYargs(text) ? YARGS_PREFIX.exec(text)?.[1] : undefined))
    .find((one) => one !== undefined);
  const prefix = schemaPrefix ?? yargsPrefix;
  if (prefix === undefined) return [];
  // tools have schemas too: the settings lie in the package that knows the prefix
  const home = files.find(({ text }) => ENV_PREFIX.test(text) || YARGS_PREFIX.test(text));
  const near = files.filter(({ path }) => packageOf(path) === packageOf(home?.path ?? ''));
  const note = `under the prefix ${prefix}_`;
  const inSchemas = near.flatMap((file) => {
    const budget = createBudget();
    return [...file.text.matchAll(SETTINGS_OBJECT)].flatMap((match) =>
      entriesOf(file.text, match.index + match[0].length - 1, budget).flatMap((entry) =>
        /^[a-z][\w-]*$/.test(entry.key) && SCHEMA_VALUE.test(entry.value)
          ? [findingOf(file, asVariable(prefix, entry.key), entry, note)]
          : [],
      ),
    );
  });
  const flags = yargsPrefix === undefined ? [] : argumentsInScripts(files).filter(({ flag }) => flag !== null);
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
export function detectJavaScriptSchemas(files: readonly CodeFile[]): EnvFinding[] {
  // the schema often lies in one file and is held against process.env in another
  const isHeld = files.some(({ text }) => isHeldAgainstEnv(text));
  return [...(isHeld ? files.flatMap(namesInSchemas) : []), ...namesBehindPrefix(files)];
}
