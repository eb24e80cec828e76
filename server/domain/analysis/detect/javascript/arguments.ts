import type { CodeFile } from '../code/code-file.ts';
import { type ArgumentFinding, evidenceOf } from '../finding.ts';
import { createBudget, entriesOf } from './object-literal.ts';
import { flagsReadByHand } from './read-flags.ts';
import { usesYargs } from './reads.ts';
import { flagsThroughReaders } from './syntax/command-line-words.ts';
import { subcommandsOfOptions } from './syntax/command-scope.ts';
import { flagKey, variablesOfFlags } from './syntax/flag-variables.ts';
import { argumentsInRows } from './syntax/option-rows.ts';
import { flagsOfParsers } from './syntax/parsed-words.ts';
import { treeOf } from './syntax/tree.ts';

/** Larger files are bundles, which hold options of the libraries inside. */
export const BUNDLE_CHARACTERS = 400_000;

type Declared = Omit<ArgumentFinding, 'evidence'>;

/** commander: `.option('-k, --api-key <key>', 'text')`, `new Option(…)`, `.requiredOption(…)`, `.argument('<dir…>', 'text')` */
const COMMANDER =
  /(?:\.(option|requiredOption)|new\s{1,9}\w{0,40}(Option))\(\s{0,40}["'`]((?:-\w\s{0,9},\s{0,9})?--[\w-]{1,80}(?:[ =][<[][^"'`]{0,80}[>\]])?)["'`](?:\s{0,40},\s{0,40}["'`]([^"'`]{0,300})["'`])?/g;
const COMMANDER_ARGUMENT =
  /\.argument\(\s{0,40}["'`]([<[])([\w-]{1,80})(\.\.\.)?[>\]]["'`](?:\s{0,40},\s{0,40}["'`]([^"'`]{0,300})["'`])?/g;
/** yargs: `.option('api-key', { type: 'string', describe: '…', demandOption: true })` */
const YARGS = /\.(option|positional)\(\s{0,40}["'`]([A-Za-z][\w-]{0,80})["'`]\s{0,9},\s{0,40}(?=\{)/g;
/** A table of options: for util.parseArgs, `.options({…})`, meow and citty, or under a name that says so. */
const TABLE =
  /\b(?:options|flags|args)\s{0,9}[:=]\s{0,9}(?=\{)|\.options\(\s{0,40}(?=\{)|\b(?:const|let|var)\s{1,9}\w{0,40}(?:[oO]ptions|[fF]lags|[aA]rgs)\w{0,40}\s{0,9}(?::[^=\n]{1,80})?=\s{0,9}(?=\{)/g;
const OPTION_TYPE = /\btype\s{0,9}:\s{0,9}["'`](?:string|boolean|number|array|count|positional|enum)["'`]/;
/** oclif: `token: Flags.string({ char: 't', required: true })`, `Args.string({ … })` */
const OCLIF = /^(?:\w{1,40}\.)?(Flags|Args|flags)\.(\w{1,20})\(\s{0,9}(?=\{|\))/;
const TABLE_PROGRAMS =
  /\bparseArgs\b|\bdefineCommand\(|\bmeow\b|@oclif\/core|\bFlags\.(?:string|boolean)\(|\bcommandLineArgs\(/;
const OPTION_CHARACTERS_MAX = 2_000;
/** `Usage: name <directory> [more...]` in a message for people. */
const USAGE = /Usage:?\s{1,20}([^"'`\n\\]{3,200})/g;

/** "via command-line argument or X_URI environment variable", in a message around the usage line. */
const PLACE_OR_VARIABLE =
  /\b(?:argument|parameter|command[- ]line)\b[^"'`\n]{0,80}\bor\b[^"'`\n]{0,60}?\b([A-Z][A-Z0-9]{0,40}(?:_[A-Z0-9]{1,40}){1,6})\b/;
const AROUND_CHARACTERS = 600;

const HELP = /^--?(?:help|version|h|V)$/;
const HTTP = /^--?(?:port|host|http|sse|server-port|hostname|bind|cors[\w-]*|allowed-(?:hosts|origins))$/i;

/** What an address that is not the server's own belongs to: `--host` of a database, origins that a browser may visit. */
const ABOUT_ANOTHER =
  /\b(?:browser|database|broker|device|printer|router|target|remote|redis|postgres(?:ql)?|mysql|mongo(?:db)?|imap|smtp|ssh|ftp)\b/i;

/** "Enable sign-in (HTTP mode)": an option of the server for HTTP, whatever it is called. */
const SAYS_HTTP =
  /\bHTTP[- ](?:mode|transport|server)\b|\b(?:for|in|with) (?:the )?(?:streamable )?HTTP\b(?! (?:requests?|calls?|proxy))/i;

const isOfHttpMode = ({ flag, description = '' }: Declared): boolean =>
  flag !== null && ((HTTP.test(flag) && !ABOUT_ANOTHER.test(description)) || SAYS_HTTP.test(description));

const kebab = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

/** Reads the object that describes an option: yargs and util.parseArgs use the same words. */
function optionOf(flag: string, body: string): Declared | null {
  const facts = new Map(entriesOf(body, 0).map(({ key, value }) => [key, value]));
  const text = (...keys: string[]): string | undefined =>
    keys.flatMap((key) => /^["'`]([\s\S]{1,400})["'`]$/.exec(facts.get(key) ?? '')?.[1] ?? [])[0];
  if (facts.get('hidden') === 'true') return null;
  const type = text('type');
  const short = text('alias', 'short', 'char', 'shortFlag');
  const description = text('describe', 'description', 'desc');
  const fallback = text('default') ?? /^(?:\d+|true|false)$/.exec(facts.get('default') ?? '')?.[0];
  const choices = [...(facts.get('choices') ?? '').matchAll(/["'`]([^"'`]+)["'`]/g)].flatMap((one) => one[1] ?? []);
  return {
    flag,
    name: flag.replace(/^-+/, ''),
    ...(description ? { description } : {}),
    ...(type === 'boolean' ? { kind: 'BOOLEAN' as const } : type === 'number' ? { kind: 'NUMBER' as const } : {}),
    ...(fallback ? { default: fallback } : {}),
    ...(choices.length > 0 ? { choices } : {}),
    ...(short && /^\w$/.test(short) ? { aliases: [`-${short}`] } : {}),
    required:
      /^(?:true|["'`])/.test(
        facts.get('demandOption') ?? facts.get('demand') ?? facts.get('required') ?? facts.get('isRequired') ?? '',
      ) && !fallback,
    repeated: type === 'array' || facts.get('array') === 'true' || facts.get('multiple') === 'true',
  };
}

type Found = { finding: Declared; offset: number };

function* commanderIn(text: string): Generator<Found> {
  for (const match of text.matchAll(COMMANDER)) {
    const [, method, , spec = '', description] = match;
    const flag = /--[\w-]+/.exec(spec)?.[0];
    if (!flag) continue;
    const takes = /[<[]([\w-]+)(\.\.\.)?[>\]]/.exec(spec);
    yield {
      offset: match.index,
      finding: {
        flag,
        name: flag.slice(2),
        ...(description ? { description } : {}),
        ...(takes || spec.includes('<') ? {} : { kind: 'BOOLEAN' as const }),
        ...(/^-\w/.test(spec) ? { aliases: [spec.slice(0, 2)] } : {}),
        required: method === 'requiredOption',
        repeated: takes?.[2] !== undefined,
      },
    };
  }
  for (const match of text.matchAll(COMMANDER_ARGUMENT)) {
    yield {
      offset: match.index,
      finding: {
        flag: null,
        name: match[2] ?? 'argument',
        required: match[1] === '<',
        repeated: match[3] !== undefined,
        ...(match[4] ? { description: match[4] } : {}),
      },
    };
  }
}

/** `isYargs`: yargs takes `--api-key` for `apiKey`; util.parseArgs takes names as they are. */
function* optionsIn(text: string, isYargs: boolean): Generator<Found> {
  const budget = createBudget();
  if (isYargs) {
    for (const match of text.matchAll(YARGS)) {
      const open = match.index + match[0].length;
      const body = text.slice(open, open + OPTION_CHARACTERS_MAX);
      const [, method, name = ''] = match;
      const finding = optionOf(`--${kebab(name)}`, body);
      if (finding)
        yield { finding: method === 'positional' ? { ...finding, flag: null, name } : finding, offset: match.index };
    }
  }
  if (!isYargs && !TABLE_PROGRAMS.test(text)) return;
  for (const match of text.matchAll(TABLE)) {
    for (const { key, value, offset } of entriesOf(text, match.index + match[0].length, budget)) {
      const oclif = OCLIF.exec(value);
      if (oclif) {
        const finding = optionOf(`--${key}`, value.slice(oclif[0].length));
        const kind = oclif[2] === 'boolean' ? 'BOOLEAN' : oclif[2] === 'integer' ? 'NUMBER' : undefined;
        const place = oclif[1] === 'Args' ? { flag: null, name: key } : {};
        if (finding) yield { finding: { ...finding, ...(kind ? { kind } : {}), ...place }, offset };
        continue;
      }
      if (!value.startsWith('{') || !OPTION_TYPE.test(value)) continue;
      // `{ options: { token: { type: 'string' } } }`: a table inside of one
      if (!entriesOf(value, 0).some((entry) => entry.key === 'type')) continue;
      const finding = optionOf(`--${isYargs || /\bmeow\b/.test(text) ? kebab(key) : key}`, value);
      const isPlace = /\btype\s{0,9}:\s{0,9}["'`]positional/.test(value);
      // citty: a place is required unless its entry says otherwise
      const required = !/\brequired\s{0,9}:\s{0,9}false|\bdefault\s{0,9}:/.test(value);
      if (finding) yield { finding: isPlace ? { ...finding, flag: null, name: key, required } : finding, offset };
    }
  }
}

function* usageIn(text: string): Generator<Found> {
  for (const match of text.matchAll(USAGE)) {
    const words = (match[1] ?? '').split(/\s+/).slice(1);
    const places = words.flatMap((word, at) => {
      // `--token <token>` shows the value of a flag
      if (/^\[?--?[a-z]/i.test(words[at - 1] ?? '')) return [];
      const place = /^([<[])(?!-)([\w-]{1,80}?)(?:\.{3})?([>\]])(\.{3})?$/.exec(word);
      return place?.[2] && !/^(?:options?|flags?|args?|arguments|(?:sub)?commands?|cmd|action)$/i.test(place[2])
        ? [{ name: place[2], required: place[1] === '<', more: word.includes('...') }]
        : [];
    });
    const [first] = places;
    if (!first) continue;
    const around = text.slice(Math.max(0, match.index - AROUND_CHARACTERS), match.index + AROUND_CHARACTERS);
    const variable = PLACE_OR_VARIABLE.exec(around)?.[1];
    yield {
      finding: {
        flag: null,
        name: first.name,
        required: first.required,
        repeated: places.some((place) => place.more),
        ...(variable ? { variable } : {}),
      },
      offset: match.index,
    };
  }
}

function argumentsInScript(file: CodeFile, isYargs: boolean): ArgumentFinding[] {
  const { text, path, lineAt } = file;
  const tree = /\.command\(/.test(text) ? treeOf(file) : null;
  const commands = tree ? subcommandsOfOptions(tree) : new Map<number, string>();
  return [...commanderIn(text), ...optionsIn(text, isYargs), ...usageIn(text)].flatMap(({ finding, offset }) => {
    if (finding.flag !== null && HELP.test(finding.flag)) return [];
    const scope = isOfHttpMode(finding) ? { scope: 'http' as const } : {};
    const command = commands.get(offset);
    return [
      {
        ...finding,
        ...scope,
        ...(command ? { command } : {}),
        evidence: evidenceOf('SOURCE_CODE', path, lineAt(offset)),
      },
    ];
  });
}

/** The words of the command line, which a program hands to the options that it declares near by. */
const WORDS = /\bprocess\.argv\b|\bparseArgs\(/g;
const NEAR_CHARACTERS = 8_000;
const PLACES_MAX = 8;
/** One option alone may be that of a library. */
const OPTIONS_MIN = 2;

/** Options of a bundle: those that it declares near a place that reads the command line. */
function argumentsInBundle(file: CodeFile): ArgumentFinding[] {
  const { text, path, lineAt, isInString } = file;
  const isYargs = usesYargs(text);
  const found = new Map<number, ArgumentFinding>();
  let [places, end] = [0, 0];
  for (const { index } of text.matchAll(WORDS)) {
    if (index < end || isInString(index)) continue;
    if (++places > PLACES_MAX) break;
    const start = Math.max(end, index - NEAR_CHARACTERS);
    end = index + NEAR_CHARACTERS;
    const near = text.slice(start, end);
    const declared = [...commanderIn(near), ...optionsIn(near, isYargs)].filter(
      ({ finding, offset }) => finding.flag !== null && !HELP.test(finding.flag) && !isInString(start + offset),
    );
    if (declared.length < OPTIONS_MIN) continue;
    for (const { finding, offset } of declared)
      found.set(start + offset, {
        ...finding,
        ...(isOfHttpMode(finding) ? { scope: 'http' as const } : {}),
        evidence: evidenceOf('SOURCE_CODE', path, lineAt(start + offset)),
      });
  }
  return [...found.values()];
}

/** Options that JavaScript and TypeScript declare. yargs counts wherever the program uses it. */
export function argumentsInScripts(files: readonly CodeFile[]): ArgumentFinding[] {
  const own = files.filter(({ text }) => text.length <= BUNDLE_CHARACTERS);
  const isYargs = own.some(({ text }) => usesYargs(text));
  const trees = own.flatMap((file) => treeOf(file) ?? []);
  const variables = variablesOfFlags(trees);
  const found = [
    ...own.flatMap((file) => argumentsInScript(file, isYargs)),
    ...own.flatMap(flagsReadByHand),
    ...argumentsInRows(trees),
    ...flagsThroughReaders(trees),
    ...flagsOfParsers(trees),
    ...files.filter(({ text }) => text.length > BUNDLE_CHARACTERS).flatMap(argumentsInBundle),
  ];
  return found.map((finding): ArgumentFinding => {
    const variable = finding.flag === null ? undefined : variables.get(flagKey(finding.flag));
    return variable === undefined ? finding : { variable, ...finding };
  });
}
