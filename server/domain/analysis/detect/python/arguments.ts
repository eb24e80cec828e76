import type { CodeFile } from '../code/code-file.ts';
import { type ArgumentFinding, evidenceOf } from '../finding.ts';

/** argparse: `parser.add_argument("-k", "--api-key", required=True, help="…")`; click: `@click.option("--api-key", …)` */
const CALL = /(?:\.add_argument|\b(?:click|rich_click|asyncclick)\.(?:option|argument)|^@(?:option|argument))\(/gm;
/** typer: `token: str = typer.Option(..., "--token", help="…")` */
const TYPER = /^[ \t]{0,40}(\w{1,79})\s{0,9}:\s{0,9}([\w[\], .|]{1,100}?)\s{0,9}=\s{0,9}typer\.(Option|Argument)\(/gm;
const HTTP = /^--?(?:port|host|bind|path|sse|http|cors[\w-]*)$/i;
const CALL_CHARACTERS_MAX = 2_000;

/** The words inside of a call that opens at `open`, up to its own closing bracket. */
function insideOf(text: string, open: number): string {
  let depth = 0;
  for (let at = open; at < text.length && at < open + CALL_CHARACTERS_MAX; at++) {
    const one = text[at];
    if (one === '(' || one === '[' || one === '{') depth++;
    else if ((one === ')' || one === ']' || one === '}') && --depth === 0) return text.slice(open + 1, at);
  }
  return '';
}

const literal = (key: string): RegExp =>
  new RegExp(
    `\\b${key}\\s{0,9}=\\s{0,9}[fr]?(?:"([^"\\n]{0,300})"|'([^'\\n]{0,300})'|(-?\\d[\\d.]{0,30}|True|False)\\b)`,
  );
const HELP = literal('help');
const DEFAULT = literal('default');

const literalIn = (inside: string, pattern: RegExp): string | undefined =>
  pattern
    .exec(inside)
    ?.slice(1)
    .find((one) => one !== undefined);

function findingOf(
  inside: string,
  more: { positionalName?: string; isPositional?: boolean } = {},
): Omit<ArgumentFinding, 'evidence'> | null {
  const head = inside.split(/\b\w{1,60}\s{0,9}=/, 1)[0] ?? '';
  const words = [...head.matchAll(/["']([^"']{1,60})["']/g)].flatMap((match) => match[1]?.split('/') ?? []);
  const flag = words.find((word) => word.startsWith('--')) ?? words.find((word) => word.startsWith('-')) ?? null;
  const positional = words.find((word) => /^[\w-]+$/.test(word) && !word.startsWith('-'));
  const name = flag?.replace(/^-+/, '') ?? positional ?? more.positionalName;
  if (!name || /^(?:help|version)$/.test(name)) return null;
  const description = literalIn(inside, HELP);
  const fallback = literalIn(inside, DEFAULT);
  const isSwitch =
    /action\s{0,9}=\s{0,9}["']store_(?:true|false)|is_flag\s{0,9}=\s{0,9}True|BooleanOptionalAction/.test(inside);
  const choices = [
    ...(/(?:choices\s{0,9}=\s{0,9}[[(]|click\.Choice\(\s{0,9}[[(])([^\])]{0,600})/.exec(inside)?.[1] ?? '').matchAll(
      /["']([^"']+)["']/g,
    ),
  ];
  const isOptional =
    /nargs\s{0,9}=\s{0,9}["'][?*]/.test(inside) ||
    fallback !== undefined ||
    /required\s{0,9}=\s{0,9}False/.test(inside);
  return {
    flag,
    name,
    ...(description ? { description } : {}),
    ...(isSwitch
      ? { kind: 'BOOLEAN' as const }
      : /type\s{0,9}=\s{0,9}(?:int|float)\b/.test(inside)
        ? { kind: 'NUMBER' as const }
        : {}),
    ...(fallback && fallback !== 'None' && !isSwitch ? { default: fallback } : {}),
    ...(choices.length > 0 ? { choices: choices.flatMap((match) => match[1] ?? []) } : {}),
    required: flag === null ? !isOptional && !more.isPositional : /required\s{0,9}=\s{0,9}True/.test(inside),
    repeated:
      /nargs\s{0,9}=\s{0,9}["'][+*]|nargs\s{0,9}=\s{0,9}-1|multiple\s{0,9}=\s{0,9}True|action\s{0,9}=\s{0,9}["']append/.test(
        inside,
      ),
    ...(flag !== null && HTTP.test(flag) ? { scope: 'http' as const } : {}),
  };
}

/** Options that one Python file declares with argparse, click or typer. */
export function argumentsInPython({ text, path, lineAt, isInString }: CodeFile): ArgumentFinding[] {
  const found: ArgumentFinding[] = [];
  const push = (offset: number, finding: Omit<ArgumentFinding, 'evidence'> | null) => {
    if (finding) found.push({ ...finding, evidence: evidenceOf('SOURCE_CODE', path, lineAt(offset)) });
  };
  for (const match of text.matchAll(CALL)) {
    if (isInString(match.index)) continue;
    push(match.index, findingOf(insideOf(text, match.index + match[0].length - 1)));
  }
  for (const match of text.matchAll(TYPER)) {
    const [whole, parameter = '', type = '', kind] = match;
    const inside = insideOf(text, match.index + whole.length - 1);
    const isOption = kind === 'Option';
    const named = isOption && !inside.includes('"--') && !inside.includes("'--");
    const body = named ? `"--${parameter.replaceAll('_', '-')}", ${inside}` : inside;
    const finding = findingOf(body, { positionalName: parameter });
    if (!finding) continue;
    const isDemanded = /^\s{0,40}(?:\.\.\.|\)|$|help)/.test(inside) && !/None/.test(type);
    push(match.index + whole.search(/\S/), {
      ...finding,
      ...(/\bbool\b/.test(type)
        ? { kind: 'BOOLEAN' as const }
        : /\b(?:int|float)\b/.test(type)
          ? { kind: 'NUMBER' as const }
          : {}),
      required: isDemanded && /^\s{0,40}\.\.\./.test(inside),
    });
  }
  return found;
}
