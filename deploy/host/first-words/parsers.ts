import type { Missing } from '../contract.ts';
import { argument } from './names.ts';

const FLAG = /--?[A-Za-z][\w-]*/;

/** `--api-key <KEY>`, `--token=STRING`, `<PATH>`, `path`, `[FILE]...`: the flag, else the name of the place. */
const wordOf = (text: string): Missing[] => {
  const flags = text.match(/--[A-Za-z][\w-]*/) ?? text.match(FLAG);
  if (flags) return [argument(flags[0])];
  const name = /[A-Za-z][\w-]*/.exec(text)?.[0];
  return name === undefined ? [] : [argument(name.toLowerCase())];
};

const each = (list: string): Missing[][] =>
  list
    .split(/,|\band\b/)
    .map((one) => wordOf(one.trim()))
    .filter((needs) => needs.length > 0);

/** Names of options without dashes, as yargs and cobra print them. */
const eachOption = (list: string): Missing[][] =>
  [...list.matchAll(/[A-Za-z][\w-]*/g)].map(([name]) => [argument(`--${name}`)]);

/** A place for a subcommand: the usage text lists what fits there. */
const COMMAND = /^(?:command|cmd|subcommand|action|mode)$/i;

type Rule = { pattern: RegExp; read: (match: RegExpExecArray, after: readonly string[]) => Missing[][] };

/** Lines of a list below a message, each with one flag or place. */
const listed = (lines: readonly string[]): string[] => {
  const end = lines.findIndex((line) => line.trim() === '' || !/^\s+\S/.test(line));
  return (end === -1 ? lines : lines.slice(0, end)).slice(0, 20);
};

/** The messages of parsers of command lines. */
const RULES: Rule[] = [
  // commander: error: required option '-t, --token <value>' not specified; error: missing required argument 'path'
  { pattern: /required option ['"]([^'"]{1,120})['"] not specified/i, read: ([, option = '']) => [wordOf(option)] },
  { pattern: /missing required argument ['"`<]([\w-]{1,60})/i, read: ([, name = '']) => [wordOf(name)] },
  // yargs: Missing required argument: token; Missing required arguments: token, url
  { pattern: /^\s*Missing required arguments?:\s*(.{1,300})$/i, read: ([, list = '']) => eachOption(list) },
  // argparse: the following arguments are required: --token, path
  {
    pattern: /the following arguments are required:\s*(.{1,300})$/i,
    read: ([, list = '']) => each(list.replace(/\/-\S*/g, '')),
  },
  // argparse: one of the arguments --token --key is required
  {
    pattern: /one of the arguments (.{1,300}) is required/i,
    read: ([, list = '']) => [list.split(/\s+/).flatMap(wordOf)],
  },
  // click and typer: Missing option '--api-key' / '-k'. Missing argument 'PATH'.
  { pattern: /Missing (?:option|parameter) ['"]?([^'".]{1,120})/i, read: ([, option = '']) => [wordOf(option)] },
  { pattern: /Missing argument ['"]?([^'".]{1,120})/i, read: ([, name = '']) => [wordOf(name)] },
  // clap: the following required arguments were not provided, with a line for each
  {
    pattern: /the following required arguments? (?:were|was) not provided:?\s*(.{0,200})$/i,
    read: ([, first = ''], after) => [first, ...listed(after)].map(wordOf).filter((needs) => needs.length > 0),
  },
  // cobra: required flag(s) "api-key", "url" not set; urfave/cli: Required flag "token" not set
  { pattern: /required flags?(?:\(s\))? (["'].{1,300}["']) not set/i, read: ([, list = '']) => eachOption(list) },
  // kong: missing flags: --token=STRING
  { pattern: /missing flags?: (.{1,300})$/i, read: ([, list = '']) => each(list) },
  // oclif: Missing required flag api-key; Missing 1 required arg, with a line for each
  { pattern: /Missing required flags?:?\s+(?:--)?([A-Za-z][\w-]{0,60})/i, read: ([, name = '']) => eachOption(name) },
  {
    pattern: /Missing \d{1,2} required args?:/i,
    read: (_match, after) =>
      listed(after.map((line) => ` ${line}`)).flatMap((line) =>
        /^\s+\S+\s{2,}/.test(line) ? [wordOf(line.trim())] : [],
      ),
  },
];

/** The arguments that a parser of command lines reported missing. */
export const readParserMessages = (lines: readonly string[]): Missing[][] =>
  lines.flatMap((line, index) => {
    for (const { pattern, read } of RULES) {
      const match = pattern.exec(line);
      if (!match) continue;
      return read(match, lines.slice(index + 1)).filter((needs) => needs.some((one) => !COMMAND.test(one.name)));
    }
    return [];
  });
