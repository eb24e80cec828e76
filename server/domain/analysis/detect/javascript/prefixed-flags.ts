import { type FileSet, lineAt } from '../../files/file-set.ts';
import { type EnvFinding, evidenceOf } from '../finding.ts';

/** `--content-window-size` where the documents speak of a flag of the server, or hand it over in a configuration. */
const FLAG =
  /`(--[a-z][a-z0-9-]{2,40})`\*{0,2}\s+(?:flag|option|argument)s?\b|\bflags?\s+`(--[a-z][a-z0-9-]{2,40})`|"(--[a-z][a-z0-9-]{2,40})(?:=[^"]*)?"/gm;
const OTHERS =
  /^--(?:help|version|rm|name|scope|transport|env|mount|network|config|from|with|directory|python|header|url|port|host|yes|global|bearer-token-env-var)$/;
const PAIRS_MIN = 3;

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
    for (const match of file.text.matchAll(FLAG)) {
      const flag = match[1] ?? match[2] ?? match[3];
      if (!flag || OTHERS.test(flag) || flags.has(flag)) continue;
      const start = file.text.lastIndexOf('\n', match.index) + 1;
      const end = file.text.indexOf('\n', match.index + 1);
      flags.set(flag, {
        file: file.path,
        line: lineAt(file.text, match.index),
        text: file.text.slice(start, end === -1 ? undefined : end),
      });
    }
  }
  const prefixes = new Map<string, number>();
  for (const flag of flags.keys()) {
    const suffix = `_${asVariable(flag)}`;
    for (const name of known) {
      if (!name.endsWith(suffix)) continue;
      const prefix = name.slice(0, -suffix.length);
      prefixes.set(prefix, (prefixes.get(prefix) ?? 0) + 1);
    }
  }
  const [prefix] = [...prefixes].filter(([, pairs]) => pairs >= PAIRS_MIN).sort((a, b) => b[1] - a[1])[0] ?? [];
  if (prefix === undefined) return [];
  return [...flags].flatMap(([flag, { file, line, text }]): EnvFinding[] => {
    const name = `${prefix}_${asVariable(flag)}`;
    // a line that names another variable of the prefix says itself what the flag is called there
    if (known.has(name) || new RegExp(`\\b${prefix}_[A-Z]`).test(text)) return [];
    return [
      {
        name,
        evidence: evidenceOf('README', file, line, `as the flag ${flag}, under the prefix ${prefix}_`),
        requirement: 'OPTIONAL',
      },
    ];
  });
}
