import type { CodeFile } from '../code/code-file.ts';
import { type ArgumentFinding, evidenceOf } from '../finding.ts';

/** `process.argv.includes('--verbose')`: a switch; `args.indexOf('--token')`: the word behind it is the value. */
const SEARCHED =
  /\b(?:argv|args|cliArgs|rawArgs)\b[^\n;]{0,40}?\.(includes|indexOf|some|find|findIndex)\(([^\n;]{0,60}?)["'`](--[a-z][\w-]{1,60})(=?)["'`]/gi;
/** `case '--token':` of a loop over the words. */
const CASE =
  /\bcase\s{1,9}["'`](--[a-z][\w-]{1,60})["'`]\s{0,9}:(?:\s{0,60}case\s{1,9}["'`][^"'`\n]{1,60}["'`]\s{0,9}:){0,3}([\s\S]{0,300}?)(?=\bcase\b|\bbreak\b|\bdefault\b|$)/gi;
/** `arg === '--token'` of a loop over the words. */
const COMPARED =
  /\b(?:a|arg|argument|word|token|flag|current|(?:argv|args)\[\w{1,10}\])\s{0,9}={2,3}\s{0,9}["'`](--[a-z][\w-]{1,60})["'`]/gi;
/** `arg.startsWith('--token=')` of a loop over the words. */
const BEGINS = /\b(?:arg|argument|word|token|flag|current|a)\.startsWith\(\s{0,9}["'`](--[a-z][\w-]{1,60})=["'`]/gi;
/** `|| arg === '-t'` behind a comparison: the same flag, spelled otherwise. */
const OTHER_SPELLINGS = /^(?:\s{0,9}\|\|\s{0,9}[\w.[\]]{1,30}\s{0,9}={2,3}\s{0,9}["'`]-[^"'`\n]{1,60}["'`]){1,4}/;
const NEXT_COMPARISON = /\belse\b|={2,3}/;
const BODY_CHARACTERS = 240;
const TAKES_NEXT = /\+\+\w{1,20}\s{0,9}\]|\[\s{0,9}\w{1,20}\s{0,9}\+\s{0,9}1\s{0,9}\]|\.shift\(\)|\bnext\w{0,10}\b/;
const LEFT_OUT = /^--(?:stdio|mcp|https?|sse|port|host|help|version|transport|no-color)$/i;

/** `if (args.includes('--check')) { check(); process.exit(0); }`: a flag that makes the program do something else and end. */
const ENDS_CHARACTERS = 300;
const ENDS = /^[^{};]{0,80}\)\s{0,9}\{[^{}]{0,240}\bprocess\.exit\(/;

/** Flags that a program looks for by itself, without a library. */
export function flagsReadByHand({ text, path, lineAt, isInString }: CodeFile): ArgumentFinding[] {
  const found: ArgumentFinding[] = [];
  const push = (flag: string, offset: number, end: number, takesValue: boolean) => {
    if (LEFT_OUT.test(flag) || isInString(offset) || ENDS.test(text.slice(end, end + ENDS_CHARACTERS))) return;
    found.push({
      flag,
      name: flag.slice(2),
      ...(takesValue ? {} : { kind: 'BOOLEAN' as const }),
      evidence: evidenceOf('SOURCE_CODE', path, lineAt(offset)),
    });
  };
  for (const match of text.matchAll(SEARCHED)) {
    const [, method = '', between = '', flag = '', equals] = match;
    push(
      flag,
      match.index,
      match.index + match[0].length,
      /^(?:indexOf|findIndex)$/i.test(method) || equals === '=' || /startsWith/.test(between),
    );
  }
  if (text.includes('argv')) {
    for (const match of text.matchAll(BEGINS)) push(match[1] ?? '', match.index, match.index + match[0].length, true);
    for (const match of text.matchAll(COMPARED)) {
      const end = match.index + match[0].length;
      const [body = ''] = text
        .slice(end, end + BODY_CHARACTERS)
        .replace(OTHER_SPELLINGS, '')
        .split(NEXT_COMPARISON);
      push(match[1] ?? '', match.index, end, TAKES_NEXT.test(body));
    }
  }
  for (const match of text.matchAll(CASE))
    push(match[1] ?? '', match.index, match.index + match[0].length, TAKES_NEXT.test(match[2] ?? ''));
  return found;
}
