import type { Code, CodeFile } from './code/code-file.ts';

/** Names that belong to a build tool or a package manager, and to no server. */
const OF_TOOLS = /^(?:npm|VITE|NEXT|REACT_APP|NUXT|INPUT|GITHUB|CI|OTEL|NODE)_/;
const PATTERNS_MAX = 6;
const UPPER = /[A-Z]{2,}/;

/** `process.env[`ACCOUNT_${n}_TOKEN`]` */
const TEMPLATE = /\b(?:process|Bun)\.env\[\s{0,9}`([^`\n]{1,120})`\s{0,9}\]/g;
/** `process.env['ACCOUNT_' + name + '_TOKEN']`, `process.env[prefix + '_TOKEN']` */
const JOINED = /\b(?:process|Bun)\.env\[\s{0,9}([\w.$"'+ ]{3,120})\]/g;
/** `os.environ[f"ACCOUNT_{n}_TOKEN"]`, `os.getenv(f'…')`, `os.environ.get(f'…')` */
const F_STRING = /\b(?:environ\s{0,9}\[|getenv\(|environ\.get\()\s{0,9}[fF](["'])([^"'\n]{1,120})\1/g;
/** `Object.entries(process.env)`, `for name in os.environ`: a program that looks at all variables. */
const LOOKS_AT_ALL =
  /Object\.(?:keys|entries)\(\s{0,9}process\.env\b|\bin\s{1,9}(?:os\.)?environ\b|\benviron\.(?:items|keys)\(/;
const BEGINS = /\.starts[wW]ith\(\s{0,9}(["'`])([A-Z][A-Z0-9]{0,40}_[A-Z0-9_]{0,60})\1/g;

const EXPRESSION = /\$?\{([^{}]{1,80})\}/g;

/** The last word of an expression: `account.id.toUpperCase()` is a name of the account's id. */
const nameOf = (expression: string): string =>
  expression
    .replace(/\([^()]{0,80}\)/g, '')
    .split(/[^A-Za-z0-9_]+/)
    .findLast((word) => word !== '' && !/^(?:to(?:Upper|Lower)Case|upper|lower|trim|replace|strip|String)$/.test(word))
    ?.toLowerCase() ?? 'name';

const ofTemplate = (template: string): string =>
  template.replace(EXPRESSION, (_whole, expression: string) => `<${nameOf(expression)}>`);

const ofSum = (sum: string): string =>
  sum
    .split('+')
    .map((part) => part.trim())
    .map((part) => /^(["'])(.*)\1$/.exec(part)?.[2] ?? `<${nameOf(part)}>`)
    .join('');

function* patternsIn({ text, isInString }: CodeFile): Generator<string> {
  const found = (match: RegExpExecArray) => !isInString(match.index);
  for (const match of text.matchAll(TEMPLATE)) if (found(match)) yield ofTemplate(match[1] ?? '');
  for (const match of text.matchAll(JOINED)) if (found(match) && match[1]?.includes('+')) yield ofSum(match[1]);
  for (const match of text.matchAll(F_STRING)) if (found(match)) yield ofTemplate(match[2] ?? '');
  if (!LOOKS_AT_ALL.test(text)) return;
  for (const match of text.matchAll(BEGINS)) if (found(match)) yield `${match[2]}<name>`;
}

/**
 * Patterns of names that code builds, such as `ACCOUNT_<n>_TOKEN`: no form can ask for them one by one. Those that a known
 * variable follows already are left out.
 */
export function detectBuiltNames(code: Code, known: readonly string[]): string[] {
  const isKnown = (pattern: string): boolean => {
    const [prefix = '', ...rest] = pattern.split(/<[^<>]{1,80}>/);
    const suffix = rest.at(-1) ?? '';
    return known.some(
      (name) => name.length > prefix.length + suffix.length && name.startsWith(prefix) && name.endsWith(suffix),
    );
  };
  const patterns = new Set<string>();
  for (const file of [...code.javascript, ...code.python]) {
    for (const pattern of patternsIn(file)) {
      const isName = /^(?:[A-Z0-9_]|<\w{1,80}>){3,160}$/.test(pattern) && pattern.includes('<') && UPPER.test(pattern);
      if (isName && !OF_TOOLS.test(pattern) && !isKnown(pattern)) patterns.add(pattern);
    }
  }
  return [...patterns].toSorted().slice(0, PATTERNS_MAX);
}
