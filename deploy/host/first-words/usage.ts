import type { Missing } from '../contract.ts';
import { argument, namesIn } from './names.ts';

const USAGE = /^\s{0,4}(?:usage|USAGE)\b:?/i;
const COMMANDS = /^\s{0,2}(?:available |sub-?|main |core )?commands?\b.{0,20}:?\s*$/i;
const COMMAND_LINE = /^\s{1,8}(?:\$ )?(.{1,120}?)(?:\s{2,}|\t|\s-\s|:\s)(.{0,200})$|^\s{1,8}([a-z][\w:-]{0,30})\s*$/;
const BRACES = /\{([a-z][\w-]*(?:,[a-z][\w-]*){1,30})\}/;
/** `[stdio|http]` and `<stdio|sse>` in the line of the usage itself. */
const CHOICE = /[[<({]([a-z][\w-]{0,30}(?:\|[a-z][\w-]{0,30}){1,10})[\])>}]/;
const OPTION = /^\s{1,10}(?:-\w,\s*)?(--[a-z][\w-]*)(.{0,300})$/i;
const REQUIRED = /[[(]required[\])]|\brequired\b\s*[.:]?\s*$/i;
const WORD = /^[a-z][\w:-]{0,30}$/i;

/** Names of commands that start a server over stdio, the likeliest first. */
const STARTS = [
  'mcp',
  'stdio',
  'mcp-server',
  'mcp:start',
  'mcp-stdio',
  'serve',
  'server',
  'start',
  'run',
  'start-server',
];
/** Commands that do something else, even if their description names a server. */
const OTHER =
  /^(?:help|version|completions?|install|uninstall|setup|init|config|configure|login|logout|auth|update|upgrade|doctor|http|sse|web|ui|dev|build|test|list|ls|status|stop|add|remove|inspect)$/i;

const scoreOf = (name: string, about: string): number => {
  if (OTHER.test(name)) return 0;
  const at = STARTS.indexOf(name.toLowerCase());
  const isAboutMcp = /\bmcp\b|model context protocol/i.test(about);
  return (
    (at === -1 ? 0 : 20 - at) +
    (/\bstdio\b|standard (?:input|i\/o)/i.test(about) ? 25 : 0) +
    (isAboutMcp && /\b(?:start|run|serve|launch|server)/i.test(about) ? 15 : 0) -
    (/\b(?:http|sse)\b/i.test(about) && !/stdio/i.test(about) ? 15 : 0)
  );
};

/** The commands below a heading: `mcp [options]  Start the server`, `prog mcp  Start the server`. */
const listedCommands = (lines: readonly string[]): { name: string; about: string }[] => {
  const found: { name: string; about: string }[] = [];
  for (const line of lines) {
    if (line.trim() === '') {
      if (found.length > 0) break;
      continue;
    }
    const match = COMMAND_LINE.exec(line);
    if (!match) {
      if (/^\S/.test(line)) break;
      continue; // a description goes on
    }
    const words = (match[1] ?? match[3] ?? '')
      .split(/\s+/)
      .map((word) => word.replace(/[,*]$/, ''))
      .filter((word) => WORD.test(word));
    // yargs repeats the name of the program before each command
    const isRepeated = words.length > 1 && found.every(({ name }) => name !== words[0]);
    const name = isRepeated && !STARTS.includes(words[0] ?? '') ? words[1] : words[0];
    if (name) found.push({ name, about: match[2] ?? '' });
  }
  return found;
};

/** Words that a usage text offers to start the server with, the likeliest first; each is a part of the command line. */
export const readModes = (lines: readonly string[]): string[][] => {
  const start = lines.findIndex((line) => USAGE.test(line) || COMMANDS.test(line));
  if (start === -1) return [];
  const listed = lines.flatMap((line, index) => (COMMANDS.test(line) ? listedCommands(lines.slice(index + 1)) : []));
  const braces = lines.flatMap((line) => (BRACES.exec(line)?.[1] ?? '').split(',')).filter(Boolean);
  const choices = lines
    .filter((line) => USAGE.test(line))
    .flatMap((line) => (CHOICE.exec(line)?.[1] ?? '').split('|'))
    .filter(Boolean);
  const names = new Map([
    ...choices.map((name) => [name, ''] as const),
    ...braces.map((name) => [name, ''] as const),
    ...listed.map((one) => [one.name, one.about] as const),
  ]);
  const commands = [...names]
    .map(([name, about]) => ({ words: [name], score: scoreOf(name, about) }))
    .filter(({ score }) => score > 0);
  const options = lines.flatMap((line) => {
    const [, flag = '', about = ''] = OPTION.exec(line) ?? [];
    if (flag === '--stdio') return [{ words: ['--stdio'], score: 12 }];
    const isTransport = /^--(?:transport|mode)$/.test(flag) && /\bstdio\b/.test(about);
    const isDefault = /default:?\s*["'(]?stdio/i.test(about);
    return isTransport && !isDefault ? [{ words: [flag, 'stdio'], score: 11 }] : [];
  });
  return [...commands, ...options].sort((a, b) => b.score - a.score).map(({ words }) => words);
};

/** Arguments that a usage text marks as needed: places in its first line, options and variables marked `required`. */
export const readUsageNeeds = (lines: readonly string[], known: readonly string[]): Missing[][] => {
  const start = lines.findIndex((line) => USAGE.test(line));
  if (start === -1) return [];
  const own = /^\s*usage:?\s*$/i.test(lines[start] ?? '') ? (lines[start + 1] ?? '') : (lines[start] ?? '');
  // Values of flags, and what stands in brackets, are no places of their own.
  const bare = own.replace(/\[[^\]]{0,120}\]/g, ' ').replace(/(?<!\S)--?[A-Za-z][\w-]{0,40}[ =]<[^>]{0,60}>/g, ' ');
  const places = [...bare.matchAll(/<([A-Za-z][\w -]{0,40})>/g)].flatMap(([, name = '']) =>
    /^(?:command|cmd|subcommand|action|options|args)$/i.test(name)
      ? []
      : [[argument(name.trim().replace(/\s+/g, '-').toLowerCase())]],
  );
  const marked = lines.slice(start).flatMap((line) => {
    if (!REQUIRED.test(line)) return [];
    const option = OPTION.exec(line)?.[1];
    if (option) return [[argument(option)]];
    const [first] = /^\s+["'`]?[A-Z][A-Z0-9_]+/.test(line) ? namesIn(line, known) : [];
    return first ? [[first]] : [];
  });
  return [...places, ...marked];
};

/** True for lines of a usage text: what they mention is an offer, not a demand. */
export const isUsageLine = (line: string): boolean => USAGE.test(line) || OPTION.test(line);
