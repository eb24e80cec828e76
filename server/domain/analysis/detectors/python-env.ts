import { type FileSet, lineAt, type SourceFile } from '../file-set.ts';
import { ENV_NAME, type EnvFinding, evidenceOf } from './finding.ts';

const NAME = '([A-Z][A-Z0-9_]{1,79})';
/** `os.environ["X"]`, `os.environ.get("X", d)`, `os.getenv("X", d)`, `getenv("X")`, `environ["X"]` */
const READ = new RegExp(
  `\\b(?:os\\.)?(?:environ\\s*(\\[)\\s*|environ\\.get\\(\\s*|getenv\\(\\s*|environ\\.pop\\(\\s*)f?["']${NAME}["']\\s*(?:,\\s*(?:["']([^"']*)["']|([\\w.]+)))?`,
  'g',
);
/** `env("X")`, `config("X", default=…)`, `get_env_var("X")`, `require_env("X")` */
const HELPER = new RegExp(
  `\\b(?!getenv\\b)(?:\\w*env(?:iron)?(?:_\\w+)?|config|decouple)\\(\\s*["']${NAME}["'](?:\\s*,\\s*(?:default\\s*=\\s*)?["']([^"']*)["'])?`,
  'g',
);
/** click and typer: `envvar="X"` */
const ENVVAR = new RegExp(`\\benvvar\\s*=\\s*\\[?\\s*["']${NAME}["']`, 'g');
/** pydantic: `validation_alias="X"`, `env="X"`, `AliasChoices("X", …)` */
const ALIAS = new RegExp(`\\b(?:validation_alias|alias|env)\\s*=\\s*(?:AliasChoices\\(\\s*)?["']${NAME}["']`, 'g');
const SETTINGS_CLASS = /^class\s+(\w+)\([^)]*BaseSettings[^)]*\):\s*\n((?:[ \t]+[^\n]*\n|\s*\n)+)/gm;
const SETTINGS_FIELD =
  /^[ \t]+([a-z][a-z0-9_]*)\s*:\s*([^=\n]+?)\s*(?:=\s*([\s\S]*?))?(?=\n[ \t]+[a-z_@#"]|\n\s*\n|$)/gm;

function settingsIn({ text, path }: SourceFile): EnvFinding[] {
  return [...text.matchAll(SETTINGS_CLASS)].flatMap((match) => {
    const body = match[2] ?? '';
    const prefix = /env_prefix\s*=\s*["']([^"']*)["']/.exec(body)?.[1] ?? '';
    const bodyAt = match.index + match[0].length - body.length;
    return [...body.matchAll(SETTINGS_FIELD)].flatMap((field): EnvFinding[] => {
      const [whole, name = '', type = '', value] = field;
      if (name === 'model_config') return [];
      const alias = new RegExp(ALIAS.source).exec(whole)?.[1];
      const fallback =
        /^(?:Field\(\s*(?:default\s*=\s*)?)?["']([^"']*)["']|^(?:Field\(\s*(?:default\s*=\s*)?)?(\d[\d.]*|True|False)\b/.exec(
          value ?? '',
        );
      const isOptional =
        /None|Optional/.test(type) || (value !== undefined && !/^Field\(\s*(?:\.\.\.|(?!default)\w+\s*=)/.test(value));
      const description = /description\s*=\s*["']([^"']+)["']/.exec(whole)?.[1];
      const known = fallback?.[1] ?? fallback?.[2];
      return [
        {
          name: (alias ?? `${prefix}${name}`).toUpperCase(),
          evidence: evidenceOf(
            'SOURCE_CODE',
            path,
            lineAt(text, bodyAt + field.index) + (whole.startsWith('\n') ? 1 : 0),
            match[1] ?? null,
          ),
          ...(description ? { description } : {}),
          requirement: isOptional ? 'OPTIONAL' : 'HARD',
          ...(known ? { default: known } : {}),
        },
      ];
    });
  });
}

function readsIn(file: SourceFile): EnvFinding[] {
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
  return [...findings, ...settingsIn(file)];
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

/** Environment reads in Python, through pydantic-settings and click too. */
export const detectPythonEnv = (set: FileSet): EnvFinding[] =>
  set.files.filter((file) => file.path.endsWith('.py')).flatMap(readsIn);
