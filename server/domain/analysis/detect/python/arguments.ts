import { lineAt, type SourceFile } from '../../files/file-set.ts';
import { type ArgumentFinding, evidenceOf } from '../finding.ts';

/** argparse: `parser.add_argument("-k", "--api-key", required=True, help="…")`; click: `@click.option("--api-key", …)` */
const CALL = /(?:\.add_argument|\b(?:click|rich_click|asyncclick)\.(?:option|argument)|^@(?:option|argument))\(/gm;
/** typer: `token: str = typer.Option(..., "--token", help="…")` */
const TYPER = /^\s*(\w+)\s*:\s*([\w[\], .|]+?)\s*=\s*typer\.(Option|Argument)\(/gm;
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

const literal = (inside: string, key: string): string | undefined =>
  new RegExp(`\\b${key}\\s*=\\s*[fr]?(?:"([^"\\n]{0,300})"|'([^'\\n]{0,300})'|(-?\\d[\\d.]*|True|False)\\b)`)
    .exec(inside)
    ?.slice(1)
    .find((one) => one !== undefined);

function findingOf(
  inside: string,
  more: { positionalName?: string; isPositional?: boolean } = {},
): Omit<ArgumentFinding, 'evidence'> | null {
  const head = inside.split(/\b\w+\s*=/)[0] ?? '';
  const words = [...head.matchAll(/["']([^"']{1,60})["']/g)].flatMap((match) => match[1]?.split('/') ?? []);
  const flag = words.find((word) => word.startsWith('--')) ?? words.find((word) => word.startsWith('-')) ?? null;
  const positional = words.find((word) => /^[\w-]+$/.test(word) && !word.startsWith('-'));
  const name = flag?.replace(/^-+/, '') ?? positional ?? more.positionalName;
  if (!name || /^(?:help|version)$/.test(name)) return null;
  const description = literal(inside, 'help');
  const fallback = literal(inside, 'default');
  const isSwitch = /action\s*=\s*["']store_(?:true|false)|is_flag\s*=\s*True|BooleanOptionalAction/.test(inside);
  const choices = [
    ...(/(?:choices\s*=\s*[[(]|click\.Choice\(\s*[[(])([^\])]*)/.exec(inside)?.[1] ?? '').matchAll(/["']([^"']+)["']/g),
  ];
  const isOptional =
    /nargs\s*=\s*["'][?*]/.test(inside) || fallback !== undefined || /required\s*=\s*False/.test(inside);
  return {
    flag,
    name,
    ...(description ? { description } : {}),
    ...(isSwitch
      ? { kind: 'BOOLEAN' as const }
      : /type\s*=\s*(?:int|float)\b/.test(inside)
        ? { kind: 'NUMBER' as const }
        : {}),
    ...(fallback && fallback !== 'None' && !isSwitch ? { default: fallback } : {}),
    ...(choices.length > 0 ? { choices: choices.flatMap((match) => match[1] ?? []) } : {}),
    required: flag === null ? !isOptional && !more.isPositional : /required\s*=\s*True/.test(inside),
    repeated: /nargs\s*=\s*["'][+*]|nargs\s*=\s*-1|multiple\s*=\s*True|action\s*=\s*["']append/.test(inside),
    ...(flag !== null && HTTP.test(flag) ? { scope: 'http' as const } : {}),
  };
}

/** Options that one Python file declares with argparse, click or typer. */
export function argumentsInPython({ text, path }: SourceFile): ArgumentFinding[] {
  const found: ArgumentFinding[] = [];
  const push = (offset: number, finding: Omit<ArgumentFinding, 'evidence'> | null) => {
    if (finding) found.push({ ...finding, evidence: evidenceOf('SOURCE_CODE', path, lineAt(text, offset)) });
  };
  for (const match of text.matchAll(CALL))
    push(match.index + match[0].search(/\S/), findingOf(insideOf(text, match.index + match[0].length - 1)));
  for (const match of text.matchAll(TYPER)) {
    const [whole, parameter = '', type = '', kind] = match;
    const inside = insideOf(text, match.index + whole.length - 1);
    const isOption = kind === 'Option';
    const named = isOption && !inside.includes('"--') && !inside.includes("'--");
    const body = named ? `"--${parameter.replaceAll('_', '-')}", ${inside}` : inside;
    const finding = findingOf(body, { positionalName: parameter });
    if (!finding) continue;
    const isDemanded = /^\s*(?:\.\.\.|\)|$|help)/.test(inside) && !/None/.test(type);
    push(match.index + whole.search(/\S/), {
      ...finding,
      ...(/\bbool\b/.test(type)
        ? { kind: 'BOOLEAN' as const }
        : /\b(?:int|float)\b/.test(type)
          ? { kind: 'NUMBER' as const }
          : {}),
      required: isDemanded && /^\s*\.\.\./.test(inside),
    });
  }
  return found;
}
