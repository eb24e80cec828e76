import { type FileSet, lineAt, type SourceFile } from '../file-set.ts';
import { type ArgumentFinding, evidenceOf } from './finding.ts';

/** commander: `.option('-k, --api-key <key>', 'text')`, `new Option(…)`, `.requiredOption(…)`, `.argument('<dir…>', 'text')` */
const COMMANDER =
  /(?:\.(option|requiredOption)|new\s+\w*(Option))\(\s*["'`]((?:-\w\s*,\s*)?--[\w-]+(?:[ =][<[][^"'`]*[>\]])?)["'`](?:\s*,\s*["'`]([^"'`]{0,300})["'`])?/g;
const COMMANDER_ARGUMENT =
  /\.argument\(\s*["'`]([<[])([\w-]+)(\.\.\.)?[>\]]["'`](?:\s*,\s*["'`]([^"'`]{0,300})["'`])?/g;
/** yargs: `.option('api-key', { type: 'string', describe: '…', demandOption: true })` */
const YARGS = /\.option\(\s*["'`]([A-Za-z][\w-]*)["'`]\s*,\s*\{([^{}]{0,800})\}/g;
/** util.parseArgs: `options: { 'api-key': { type: 'string' } }` */
const PARSE_ARGS = /parseArgs\(\s*\{[\s\S]{0,400}?options\s*:\s*\{((?:[^{}]|\{[^{}]*\}){0,4000})\}/g;
const PARSE_ARGS_OPTION = /["'`]?([A-Za-z][\w-]*)["'`]?\s*:\s*\{([^{}]*)\}/g;
/** `Usage: name <directory> [more...]` in a message for people. */
const USAGE = /Usage:?\s+([^"'`\n\\]{3,200})/g;

const HELP = /^--?(?:help|version|h|V)$/;
const HTTP = /^--?(?:port|host|http|sse|server-port|hostname|bind|cors[\w-]*|allowed-(?:hosts|origins))$/i;

const kebab = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
const literal = (body: string, key: string): string | undefined =>
  new RegExp(`\\b(?:${key})\\s*:\\s*(["'\`])((?:(?!\\1)[^\\\\])*)\\1`).exec(body)?.[2];

function yargsFinding(name: string, body: string): Omit<ArgumentFinding, 'evidence'> {
  const type = literal(body, 'type');
  const description = literal(body, 'describe|description|desc');
  const fallback = literal(body, 'default') ?? /\bdefault\s*:\s*(\d+|true|false)\b/.exec(body)?.[1];
  const choices = /choices\s*:\s*\[([^\]]*)\]/.exec(body)?.[1];
  return {
    flag: `--${kebab(name)}`,
    name: kebab(name),
    ...(description ? { description } : {}),
    ...(type === 'boolean' ? { kind: 'BOOLEAN' as const } : type === 'number' ? { kind: 'NUMBER' as const } : {}),
    ...(fallback ? { default: fallback } : {}),
    ...(choices ? { choices: [...choices.matchAll(/["'`]([^"'`]+)["'`]/g)].flatMap((match) => match[1] ?? []) } : {}),
    required: /\bdemandOption\s*:\s*(?:true|["'`])/.test(body) && !fallback,
    repeated: type === 'array' || /\barray\s*:\s*true/.test(body),
  };
}

function* usageIn(text: string): Generator<{ finding: Omit<ArgumentFinding, 'evidence'>; offset: number }> {
  for (const match of text.matchAll(USAGE)) {
    const words = (match[1] ?? '').split(/\s+/).slice(1);
    const places = words.flatMap((word) => {
      const place = /^([<[])(?!-)([\w-]+?)(?:\.{3})?([>\]])(\.{3})?$/.exec(word);
      return place?.[2] && !/^(?:options?|flags?|args?|command)$/i.test(place[2])
        ? [{ name: place[2], required: place[1] === '<', more: word.includes('...') }]
        : [];
    });
    const [first] = places;
    if (!first) continue;
    yield {
      finding: { flag: null, name: first.name, required: first.required, repeated: places.some((place) => place.more) },
      offset: match.index,
    };
  }
}

function argumentsIn(file: SourceFile): ArgumentFinding[] {
  const { text, path } = file;
  const findings: ArgumentFinding[] = [];
  const push = (offset: number, finding: Omit<ArgumentFinding, 'evidence'>) => {
    if (finding.flag !== null && HELP.test(finding.flag)) return;
    const scope = finding.flag !== null && HTTP.test(finding.flag) ? { scope: 'http' as const } : {};
    findings.push({ ...finding, ...scope, evidence: evidenceOf('SOURCE_CODE', path, lineAt(text, offset)) });
  };
  for (const match of text.matchAll(COMMANDER)) {
    const [, method, , spec = '', description] = match;
    const flag = /--[\w-]+/.exec(spec)?.[0];
    if (!flag) continue;
    const takes = /[<[]([\w-]+)(\.\.\.)?[>\]]/.exec(spec);
    push(match.index, {
      flag,
      name: flag.slice(2),
      ...(description ? { description } : {}),
      ...(takes ? {} : { kind: 'BOOLEAN' as const }),
      required: method === 'requiredOption',
      repeated: takes?.[2] !== undefined,
    });
  }
  for (const match of text.matchAll(COMMANDER_ARGUMENT)) {
    push(match.index, {
      flag: null,
      name: match[2] ?? 'argument',
      required: match[1] === '<',
      repeated: match[3] !== undefined,
      ...(match[4] ? { description: match[4] } : {}),
    });
  }
  if (/\byargs\b|hideBin/.test(text))
    for (const match of text.matchAll(YARGS)) push(match.index, yargsFinding(match[1] ?? '', match[2] ?? ''));
  for (const match of text.matchAll(PARSE_ARGS)) {
    for (const option of (match[1] ?? '').matchAll(PARSE_ARGS_OPTION)) {
      push(match.index, {
        ...yargsFinding(option[1] ?? '', option[2] ?? ''),
        flag: `--${option[1] ?? ''}`,
        name: option[1] ?? '',
        required: false,
      });
    }
  }
  for (const { finding, offset } of usageIn(text)) push(offset, finding);
  return findings;
}

const BUNDLE_BYTES = 400_000;

/** Options that JavaScript and TypeScript sources declare. Large bundles are left out: they hold other programs' options. */
export const detectCodeArguments = (set: FileSet): ArgumentFinding[] =>
  set.files
    .filter((file) => /\.[cm]?[jt]sx?$/i.test(file.path) && file.text.length <= BUNDLE_BYTES)
    .flatMap(argumentsIn);

/** `process.argv.includes('--stdio')`: a flag without which the program may not speak stdio. */
export const mentionsStdioFlag = (set: FileSet): string | null => {
  for (const file of set.files) {
    const match = /argv[^\n;]{0,60}?["'`](--stdio|--mcp)["'`]/.exec(file.text);
    if (match?.[1]) return match[1];
  }
  return null;
};
