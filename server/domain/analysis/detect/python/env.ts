import type { CodeFile } from '../code/code-file.ts';
import { guardedNames, isTopLevel } from '../code/guarded-names.ts';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../finding.ts';
import { argumentsInPython } from './arguments.ts';
import { pythonGuards } from './guards.ts';
import { settingsInPython } from './settings.ts';

const NAME = '([A-Z][A-Z0-9_]{1,79})';
/** `os.environ["X"]`, `os.environ.get("X", d)`, `os.getenv("X", d)`, `getenv("X")`, `environ["X"]` */
const READ = new RegExp(
  `\\b(?:os\\.)?(?:environ\\s{0,9}(\\[)\\s{0,40}|environ\\.get\\(\\s{0,40}|getenv\\(\\s{0,40}|environ\\.pop\\(\\s{0,40})f?["']${NAME}["']\\s{0,9}(?:,\\s{0,40}(?:["']([^"']{0,300})["']|([\\w.]{1,80})))?`,
  'g',
);
/** `env("X")`, `config("X", default=…)`, `get_env_var("X")`, `require_env("X")` */
const HELPER = new RegExp(
  `\\b(?!getenv\\b|environ\\b)(?:\\w{0,40}env(?:iron)?(?:_\\w{1,40})?(?:\\.(?:str|int|bool|float|list|url|json|get))?|config|decouple)\\(\\s{0,40}["']${NAME}["'](?:\\s{0,9},\\s{0,40}(?:default\\s{0,9}=\\s{0,9})?["']([^"']{0,300})["'])?`,
  'g',
);
/** click and typer: `envvar="X"`, `envvar=["X", "Y"]` */
const ENVVAR = new RegExp(`\\benvvar\\s{0,9}=\\s{0,9}[\\[(]?\\s{0,9}["']${NAME}["']`, 'g');
/** click and typer: every option is read under it. */
const AUTO_PREFIX = /\bauto_envvar_prefix["']?\s{0,9}[=:]\s{0,9}["']([A-Z][A-Z0-9_]{0,60})["']/;
/** `os.getenv(TOKEN_VARIABLE)`, where a constant holds the name. */
const BY_CONSTANT =
  /\b(?:os\.)?(?:environ\s{0,9}\[\s{0,40}|environ\.get\(\s{0,40}|getenv\(\s{0,40})([A-Z][A-Z0-9_]{2,79})\b/g;
const CONSTANT = new RegExp(
  `^([A-Z][A-Z0-9_]{2,79})\\s{0,9}(?::\\s{0,9}[\\w.[\\]]{1,60}\\s{0,9})?=\\s{0,9}["']${NAME}["']`,
  'gm',
);

const ASSIGNED = /^[ \t]{0,40}(\w{1,79})\s{0,9}(?::[^=\n]{1,60})?=[^=]/;
const NAMED = /\b(?:getenv\(|environ\.get\(|environ\[)["']([A-Z][A-Z0-9_]{1,79})["']/;

/** The variable that a read is stored in: `key = os.getenv("NAME")`. */
const storedIn = (text: string, offset: number): string | null =>
  ASSIGNED.exec(text.slice(text.lastIndexOf('\n', offset) + 1, offset + 1))?.[1] ?? null;

type Read = { name: string; offset: number; more: Partial<EnvFinding>; canBeHeld: boolean };

function readsIn({ text }: CodeFile, constants: ReadonlyMap<string, string>): Read[] {
  const reads: Read[] = [];
  const push = (name: string | undefined, offset: number, more: Partial<EnvFinding> = {}, canBeHeld = false) => {
    if (name && ENV_NAME.test(name)) reads.push({ name, offset, more, canBeHeld });
  };
  const withDefault = (fallback: string | undefined): Partial<EnvFinding> =>
    fallback ? { default: fallback, requirement: 'OPTIONAL' } : {};
  for (const match of text.matchAll(READ)) {
    const [whole, subscript, name, quoted, bare] = match;
    const end = match.index + whole.length;
    if (subscript && /^\s{0,6}\]\s{0,4}=(?!=)/.test(text.slice(end, end + 12))) continue; // a write
    const fallback = quoted ?? (bare && /^(?:\d[\d.]*|True|False)$/.test(bare) ? bare : undefined);
    // a subscript on a line of its own fails with a KeyError while the module loads
    const insists = isTopLevel(text, match.index) ? ('HARD' as const) : ('LAZY' as const);
    push(name, match.index, { ...withDefault(fallback), ...(subscript ? { requirement: insists } : {}) }, true);
  }
  for (const match of text.matchAll(HELPER)) push(match[1], match.index, withDefault(match[2]));
  for (const match of text.matchAll(ENVVAR)) push(match[1], match.index);
  for (const match of text.matchAll(BY_CONSTANT)) push(constants.get(match[1] ?? ''), match.index, {}, true);
  return reads;
}

function findingsIn(file: CodeFile, constants: ReadonlyMap<string, string>): EnvFinding[] {
  const reads = readsIn(file, constants).filter(({ offset }) => !file.isInString(offset));
  if (reads.length === 0) return [];
  const held = reads.map((read) => ({ ...read, variable: read.canBeHeld ? storedIn(file.text, read.offset) : null }));
  const guarded = guardedNames(file, pythonGuards(file), held, (operand) => NAMED.exec(operand)?.[1] ?? null);
  return reads.map(({ name, offset, more, canBeHeld }) => ({
    name,
    evidence: evidenceOf('SOURCE_CODE', file.path, file.lineAt(offset)),
    ...more,
    ...(canBeHeld ? guarded.get(name) : {}),
  }));
}

/** `--api-key` under the prefix X is `X_API_KEY`. */
function behindPrefix(files: readonly CodeFile[]): EnvFinding[] {
  const prefix = files
    .map(({ text }) => AUTO_PREFIX.exec(text)?.[1]?.replace(/_$/, ''))
    .find((one) => one !== undefined);
  if (prefix === undefined) return [];
  return files.flatMap(argumentsInPython).flatMap(({ flag, name, evidence, description, kind, default: fallback }) =>
    flag === null
      ? []
      : [
          {
            name: `${prefix}_${name.replace(/[-.]/g, '_').toUpperCase()}`,
            evidence: { ...evidence, note: `under the prefix ${prefix}_` },
            ...(description ? { description } : {}),
            ...(kind ? { kind } : {}),
            ...(fallback ? { default: fallback } : {}),
            requirement: 'OPTIONAL' as const,
          },
        ],
  );
}

/** Environment reads in Python, through pydantic-settings, click and typer too. */
export function detectPythonEnv(files: readonly CodeFile[]): EnvFinding[] {
  const constants = new Map(
    files.flatMap(({ text }) => [...text.matchAll(CONSTANT)].map((match) => [match[1] ?? '', match[2] ?? ''] as const)),
  );
  return [...files.flatMap((file) => findingsIn(file, constants)), ...settingsInPython(files), ...behindPrefix(files)];
}
