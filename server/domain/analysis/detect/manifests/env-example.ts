import type { FileSet, SourceFile } from '../../files/file-set.ts';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../finding.ts';

const FILE =
  /(?:^|\/)(?:\.env\.(?:example|sample|template|dist|defaults|local\.example)|env\.example|example\.env|sample\.env)$/i;
const LINE = /^(\s{0,40}#)?\s{0,40}(?:export\s{1,9})?([A-Z][A-Z0-9_]{1,79})=(.*)$/;
/** Comments that say a variable is for working on the server. */
const FOREIGN = /\btest(?:s|ing)?\b|development|integration|\bci\b|docker|non-stdio|http mode|\bhttp settings/i;

/** A comment that goes on for longer is no longer about the variable below it. */
const COMMENT_LINES_MAX = 12;
const LINE_CHARACTERS_MAX = 1_000;

/** `value # comment` in its two parts; a value may be quoted. */
function partsOf(rest: string): { value: string; remark: string } {
  const at = rest.search(/\s#/);
  const value = (at === -1 ? rest : rest.slice(0, at)).trim().replace(/^(["'])(.*)\1$/, '$2');
  return { value, remark: at === -1 ? '' : rest.slice(at + 2) };
}

function readExample({ path, text }: SourceFile): EnvFinding[] {
  const findings: EnvFinding[] = [];
  let comment: string[] = [];
  let isFresh = true;
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const row = line.slice(0, LINE_CHARACTERS_MAX);
    const [, hash, name, rest = ''] = LINE.exec(row) ?? [];
    if (name === undefined) {
      if (row.trim() === '') isFresh = true;
      else if (row.trim().startsWith('#')) {
        if (isFresh) comment = [];
        if (comment.length < COMMENT_LINES_MAX) comment.push(row.replace(/^[\s#]+/, ''));
        isFresh = false;
      }
      continue;
    }
    isFresh = false;
    if (!ENV_NAME.test(name)) continue;
    const { value, remark } = partsOf(rest);
    const said = comment.join(' ');
    const note = `${said} ${remark}`;
    const description = said.slice(0, 300).trim();
    const requirement =
      hash || /\boptional\b/i.test(note)
        ? ('OPTIONAL' as const)
        : /\brequired\b/i.test(note)
          ? ('LAZY' as const)
          : undefined;
    findings.push({
      name,
      evidence: evidenceOf('ENV_EXAMPLE', path, at + 1, null),
      ...(description ? { description } : {}),
      ...(requirement ? { requirement } : {}),
      ...(value ? { example: value } : {}),
      ...(FOREIGN.test(note) ? { scope: 'other' as const } : {}),
    });
  }
  return findings;
}

/** `.env.example` and its relatives: the weakest evidence, since no program runs them. */
export const detectEnvExamples = (set: FileSet): EnvFinding[] =>
  set.files.filter((file) => FILE.test(file.path)).flatMap(readExample);
