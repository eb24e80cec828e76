import { type FileSet, lineAt, type SourceFile } from '../../files/file-set.ts';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../finding.ts';
import { argumentsInPython } from './arguments.ts';
import { settingsInPython } from './settings.ts';

const NAME = '([A-Z][A-Z0-9_]{1,79})';
/** `os.environ["X"]`, `os.environ.get("X", d)`, `os.getenv("X", d)`, `getenv("X")`, `environ["X"]` */
const READ = new RegExp(
  `\\b(?:os\\.)?(?:environ\\s*(\\[)\\s*|environ\\.get\\(\\s*|getenv\\(\\s*|environ\\.pop\\(\\s*)f?["']${NAME}["']\\s*(?:,\\s*(?:["']([^"']*)["']|([\\w.]+)))?`,
  'g',
);
/** `env("X")`, `config("X", default=…)`, `get_env_var("X")`, `require_env("X")` */
const HELPER = new RegExp(
  `\\b(?!getenv\\b|environ\\b)(?:\\w*env(?:iron)?(?:_\\w+)?(?:\\.(?:str|int|bool|float|list|url|json|get))?|config|decouple)\\(\\s*["']${NAME}["'](?:\\s*,\\s*(?:default\\s*=\\s*)?["']([^"']*)["'])?`,
  'g',
);
/** click and typer: `envvar="X"`, `envvar=["X", "Y"]` */
const ENVVAR = new RegExp(`\\benvvar\\s*=\\s*[\\[(]?\\s*["']${NAME}["']`, 'g');
/** click and typer: every option is read under it. */
const AUTO_PREFIX = /\bauto_envvar_prefix["']?\s*[=:]\s*["']([A-Z][A-Z0-9_]*)["']/;
/** `os.getenv(TOKEN_VARIABLE)`, where a constant holds the name. */
const BY_CONSTANT = /\b(?:os\.)?(?:environ\s*\[\s*|environ\.get\(\s*|getenv\(\s*)([A-Z][A-Z0-9_]{2,79})\b/g;
const CONSTANT = new RegExp(`^([A-Z][A-Z0-9_]{2,79})\\s*(?::\\s*[\\w.[\\]]+\\s*)?=\\s*["']${NAME}["']`, 'gm');
function readsIn(file: SourceFile, constants: ReadonlyMap<string, string>): EnvFinding[] {
  const { text, path } = file;
  const findings: EnvFinding[] = [];
  const push = (name: string | undefined, offset: number, more: Partial<EnvFinding> = {}) => {
    if (name && ENV_NAME.test(name))
      findings.push({ name, evidence: evidenceOf('SOURCE_CODE', path, lineAt(text, offset)), ...more });
  };
  for (const match of text.matchAll(READ)) {
    const [whole, subscript, name = '', quoted, bare] = match;
    const after = text.slice(match.index + whole.length, match.index + whole.length + 12);
    if (subscript && /^\s*\]\s*=(?!=)/.test(after)) continue; // a write
    const fallback = quoted ?? (bare && /^(?:\d[\d.]*|True|False)$/.test(bare) ? bare : undefined);
    // a line of its own that fails with a KeyError while the module loads
    const isTopLevel = /^\S[^\n]*$/.test(text.slice(text.lastIndexOf('\n', match.index) + 1, match.index + 1));
    const guarded = guardOf(text, match.index);
    push(name, match.index, {
      ...(fallback ? { default: fallback, requirement: 'OPTIONAL' } : {}),
      ...(subscript ? { requirement: isTopLevel ? 'HARD' : 'LAZY' } : {}),
      ...guarded,
    });
  }
  for (const match of text.matchAll(HELPER))
    push(match[1], match.index, match[2] ? { default: match[2], requirement: 'OPTIONAL' } : {});
  for (const match of text.matchAll(ENVVAR)) push(match[1], match.index);
  for (const match of text.matchAll(BY_CONSTANT))
    push(constants.get(match[1] ?? ''), match.index, guardOf(text, match.index));
  return findings;
}

/** `if not key: raise …` right behind `key = os.getenv("NAME")`. */
function guardOf(text: string, offset: number): Partial<EnvFinding> {
  const lineStart = text.lastIndexOf('\n', offset) + 1;
  const variable = /^\s*(\w+)\s*(?::[^=\n]+)?=\s*$/.exec(text.slice(lineStart, offset))?.[1];
  if (!variable) return {};
  const near = text.slice(offset, offset + 1_200);
  const guard = new RegExp(
    `\\n([ \\t]*)if\\s+(?:not\\s+${variable}|${variable}\\s+is\\s+None)\\s*:\\s*\\n((?:[ \\t]+[^\\n]*\\n?){1,6})`,
  ).exec(near);
  const body = guard?.[2] ?? '';
  if (!/\braise\b|sys\.exit|\bexit\(/.test(body)) return {};
  return { requirement: /sys\.exit|\bexit\(/.test(body) || guard?.[1] === '' ? 'HARD' : 'LAZY' };
}

/** `--api-key` under the prefix X is `X_API_KEY`. */
function behindPrefix(files: readonly SourceFile[]): EnvFinding[] {
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
export function detectPythonEnv(set: FileSet): EnvFinding[] {
  const files = set.files.filter((file) => file.path.endsWith('.py'));
  const constants = new Map(
    files.flatMap(({ text }) => [...text.matchAll(CONSTANT)].map((match) => [match[1] ?? '', match[2] ?? ''] as const)),
  );
  return [...files.flatMap((file) => readsIn(file, constants)), ...settingsInPython(files), ...behindPrefix(files)];
}
