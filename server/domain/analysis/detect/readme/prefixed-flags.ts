import type { FileSet } from '../../files/file-set.ts';
import { createLineIndex } from '../../files/line-index.ts';
import { type EnvFinding, evidenceOf } from '../finding.ts';

/** `--content-window-size` where the documents speak of a flag of the server, or hand it over in a configuration. */
const FLAG =
  /`(--[a-z][a-z0-9-]{2,40})`\*{0,2}\s{1,9}(?:flag|option|argument)s?\b|\bflags?\s{1,9}`(--[a-z][a-z0-9-]{2,40})`|"(--[a-z][a-z0-9-]{2,40})(?:=[^"]{0,300})?"/g;
const OTHERS =
  /^--(?:help|version|rm|name|scope|transport|env|mount|network|config|from|with|directory|python|header|url|port|host|yes|global|bearer-token-env-var)$/;
const PAIRS_MIN = 3;
const FLAGS_MAX = 400;
const LINE_CHARACTERS_MAX = 1_000;

const asVariable = (flag: string): string => flag.replace(/^--/, '').replaceAll('-', '_').toUpperCase();

/**
 * viper, clap, yargs and commander can read every flag from the environment under one prefix, so that the names stand
 * nowhere. Where at least three documented variables are a documented flag behind the same prefix, the other flags
 * have their variables too.
 */
export function detectPrefixedFlags(set: FileSet, known: ReadonlySet<string>): EnvFinding[] {
  const flags = new Map<string, { file: string; line: number; text: string }>();
  for (const file of set.files) {
    if (!/\.mdx?$/i.test(file.path)) continue;
    const lineAt = createLineIndex(file.text);
    for (const match of file.text.matchAll(FLAG)) {
      if (flags.size >= FLAGS_MAX) break;
      const flag = match[1] ?? match[2] ?? match[3];
      if (!flag || OTHERS.test(flag) || flags.has(flag)) continue;
      const before = file.text.slice(Math.max(0, match.index - LINE_CHARACTERS_MAX), match.index);
      const behind = file.text.slice(match.index, match.index + LINE_CHARACTERS_MAX);
      flags.set(flag, {
        file: file.path,
        line: lineAt(match.index),
        text: before.slice(before.lastIndexOf('\n') + 1) + (behind.split('\n', 1)[0] ?? ''),
      });
    }
  }
  const prefixes = new Map<string, number>();
  const suffixes = new Set([...flags.keys()].map(asVariable));
  for (const name of known) {
    for (let at = name.indexOf('_', 1); at !== -1; at = name.indexOf('_', at + 1)) {
      if (!suffixes.has(name.slice(at + 1))) continue;
      const prefix = name.slice(0, at);
      prefixes.set(prefix, (prefixes.get(prefix) ?? 0) + 1);
    }
  }
  const [prefix] = [...prefixes].filter(([, pairs]) => pairs >= PAIRS_MIN).sort((a, b) => b[1] - a[1])[0] ?? [];
  if (prefix === undefined) return [];
  const sibling = new RegExp(`\\b${prefix}_[A-Z]`);
  return [...flags].flatMap(([flag, { file, line, text }]): EnvFinding[] => {
    const name = `${prefix}_${asVariable(flag)}`;
    // a line that names another variable of the prefix says itself what the flag is called there
    if (known.has(name) || sibling.test(text)) return [];
    return [
      {
        name,
        evidence: evidenceOf('README', file, line, `as the flag ${flag}, under the prefix ${prefix}_`),
        requirement: 'OPTIONAL',
      },
    ];
  });
}
