import type { LaunchTarget } from '../../source/launch.ts';
import { type ArgumentFinding, evidenceOf, isPlaceholder } from '../finding.ts';
import type { DocumentLaunch } from './launches.ts';

/** A document's launch of the server at hand. */
export type OwnLaunch = DocumentLaunch & { target: LaunchTarget };

export type LaunchArguments = {
  findings: ArgumentFinding[];
  /** The words that every launch gives, in order: subcommands, then the flag that stdio needs. */
  fixed: string[];
};

type Word = { flag: string | null; value: string | null };

/** Flags that never take a value, so that the word behind them is a positional one. */
export const SWITCH =
  /^--?(?:stdio|mcp|debug|verbose|v|y|yes|headless|read-?only|isolated|no-[\w-]+|enable-[\w-]+|disable-[\w-]+|allow-[\w-]+|insecure|quiet|json)$/i;
const STDIO_FLAG = /^--?(?:stdio|mcp|mcp-server|use-stdio)$/i;
/** A subcommand such as `start` or `mcp:serve`, as opposed to a folder, an address or a value. */
const SUBCOMMAND = /^[a-z][a-z\d]*(?:[-:_][a-z\d]+)*$/;
const HTTP_FLAG = /^--?(?:http|sse|port|p|streamable-?http|remote|server-port|http-port)$/i;
/** A flag that binds a server to an address, unless its value names another computer. */
const HOST_FLAG = /^--?(?:host|hostname|bind)$/i;
const OWN_ADDRESS = /^(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[?::1?\]?|\*)$/i;

/** An address that usually holds a password. */
const CONNECTION =
  /^(?:postgres(?:ql)?|mysql|mariadb|mssql|sqlserver|mongodb(?:\+srv)?|rediss?|amqps?|clickhouse):\/\/|^[a-z][a-z0-9+.-]*:\/\/[^/@\s]{1,200}:[^/@\s]{1,200}@/i;

function wordsOf(args: readonly string[]): Word[] {
  const words: Word[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    const assigned = /^(--?[A-Za-z][\w.-]*)=(.*)$/s.exec(word);
    const next = args[at + 1];
    if (assigned?.[1]) words.push({ flag: assigned[1], value: assigned[2] ?? '' });
    else if (/^--?[A-Za-z]/.test(word)) {
      const takesNext = next !== undefined && !/^-/.test(next) && !SWITCH.test(word);
      words.push({ flag: word, value: takesNext ? next : null });
      if (takesNext) at++;
    } else words.push({ flag: null, value: word });
  }
  return words;
}

const isHttp = (words: Word[]): boolean =>
  words.some(({ flag, value }) =>
    flag
      ? HTTP_FLAG.test(flag) ||
        (HOST_FLAG.test(flag) && OWN_ADDRESS.test(value ?? 'localhost')) ||
        (/transport|mode/i.test(flag) && /http|sse/i.test(value ?? ''))
      : /^(?:http|sse|streamableHttp)$/i.test(value ?? ''),
  );

/** An example of what the user puts there: a path, an address, a placeholder. */
const isExample = (value: string): boolean =>
  isPlaceholder(value) ||
  /^(?:~|\.{1,2}|[A-Za-z]:)?[/\\]/.test(value) ||
  // a file beside the program
  /^[\w-]{1,60}(?:\.[\w-]{1,30})?\.(?:json|ya?ml|toml|db|sqlite3?|csv|txt)$/i.test(value) ||
  /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ||
  /^~$/.test(value);

/** A name for the place that a value such as `/path/to/folder` or `<api url>` stands in. */
export const positionalName = (value: string): string => {
  const placeholder = /^[<[{$]+([\w -]+)[>\]}]+$/.exec(value)?.[1];
  if (placeholder)
    return placeholder
      .replace(/workspaceFolder/i, 'directory')
      .toLowerCase()
      .replace(/[\s_]+/g, '-');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return 'url';
  return /\.[a-z0-9]{1,5}$/i.test(value) ? 'file' : 'directory';
};

type Stdio = { words: Word[]; launch: DocumentLaunch['launch']; file: string; isContainer: boolean };

/** The words before the first flag or value: `server start`. */
function subcommandsOf({ words }: Stdio): string[] {
  const end = words.findIndex(
    ({ flag, value }) => flag !== null || !SUBCOMMAND.test(value ?? '') || isExample(value ?? ''),
  );
  return (end === -1 ? words : words.slice(0, end)).map(({ value }) => value ?? '');
}

/** The launches in the documents nearest to the root: those in folders are often about another program of the package. */
function nearest(launches: readonly Stdio[]): Stdio[] {
  const depth = ({ file }: Stdio): number => file.split('/').length;
  const least = Math.min(...launches.map(depth));
  return launches.filter((found) => depth(found) === least);
}

/**
 * The subcommands that every launch of the package gives. Settings of clients outweigh lines of a shell, which often
 * show another mode of the program; an image may have the words built in.
 */
function sharedSubcommands(launches: readonly Stdio[]): string[] {
  const settings = nearest(launches.filter(({ launch }) => launch.name !== null));
  const weighty = settings.length > 0 ? settings : nearest(launches);
  const packaged = weighty.filter(({ isContainer }) => !isContainer);
  const [first = [], ...others] = (packaged.length > 0 ? packaged : weighty).map(subcommandsOf);
  const end = first.findIndex((word, at) => others.some((words) => words[at] !== word));
  return end === -1 ? first : first.slice(0, end);
}

/** Arguments as the documents' launches of this server give them. */
export function argumentsOfLaunches(launches: readonly OwnLaunch[]): LaunchArguments {
  const stdio = launches.flatMap(({ target, ...found }) => {
    if (target.kind === 'remote' || target.kind === 'local') return [];
    const words = wordsOf(target.args);
    // a path inside a container says nothing about the server outside of one
    return isHttp(words) ? [] : [{ ...found, words, isContainer: target.kind === 'oci' }];
  });
  if (stdio.length === 0) return { findings: [], fixed: [] };
  const findings: ArgumentFinding[] = [];
  const fixed: string[] = [];

  const shared = sharedSubcommands(stdio);
  const isConfigured = stdio.some(({ launch }) => launch.name !== null);
  // a line of a shell with another subcommand than the settings of clients starts something else
  const ofServer = stdio.filter(
    (found) =>
      !isConfigured ||
      found.launch.name !== null ||
      found.isContainer ||
      subcommandsOf(found).join(' ') === shared.join(' '),
  );
  for (const { words, file, line, headings } of ofServer) {
    for (const { flag, value } of words) {
      if (flag === null) continue;
      const evidence = evidenceOf('README', file, line, headings.at(-1) ?? null);
      if (STDIO_FLAG.test(flag)) {
        if (!fixed.includes(flag)) fixed.push(flag);
      } else if (/^--?transport$/i.test(flag)) {
        if (value === 'stdio' && !fixed.includes(flag)) fixed.push(flag, 'stdio');
      } else
        findings.push({
          flag,
          name: flag.replace(/^-+/, ''),
          evidence,
          ...(value === null ? { kind: 'BOOLEAN' as const } : {}),
        });
    }
  }
  fixed.unshift(...shared);

  const outside = ofServer.filter(({ isContainer }) => !isContainer);
  const positionals = outside.map(({ words }) =>
    words.flatMap(({ flag, value }) => (flag === null && value !== null && isExample(value) ? [value] : [])),
  );
  const [found, at] = [
    positionals.find((values) => values.length > 0),
    positionals.findIndex((values) => values.length > 0),
  ];
  const where = outside[at];
  if (found?.[0] && where) {
    findings.push({
      flag: null,
      name: positionalName(found[0]),
      evidence: evidenceOf('README', where.file, where.line, where.headings.at(-1) ?? null),
      ...(found.some((value) => CONNECTION.test(value)) ? { kind: 'SECRET' as const } : {}),
      usual: positionals.every((values) => values.length > 0),
      repeated: positionals.some((values) => values.length > 1),
    });
  }
  return { findings, fixed };
}

/** The flags that a launch gives together with a value. */
export const flagValues = ({ target }: OwnLaunch): { flag: string; value: string }[] =>
  'args' in target
    ? wordsOf(target.args).flatMap(({ flag, value }) => (flag && value !== null ? [{ flag, value }] : []))
    : [];

/** Flags that some launch gives together with a value. */
export const flagsWithValue = (launches: readonly OwnLaunch[]): ReadonlySet<string> =>
  new Set(launches.flatMap(flagValues).map(({ flag }) => flag));

/** Variables that the launches of this server set. */
export const isStdioLaunch = (launch: OwnLaunch): boolean =>
  launch.target.kind !== 'remote' &&
  (launch.target.kind !== 'oci' || launch.target.hasInput) &&
  (launch.target.kind === 'local' || !('args' in launch.target) || !isHttp(wordsOf(launch.target.args)));
