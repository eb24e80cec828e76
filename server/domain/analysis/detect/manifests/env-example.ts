import type { FileSet } from '../../files/file-set.ts';
import { ENV_NAME, type EnvFinding, evidenceOf, isPlaceholder } from '../finding.ts';

const FILE =
  /(?:^|\/)(?:\.env\.(?:example|sample|template|dist|defaults|local\.example)|env\.example|example\.env|sample\.env)$/i;
const LINE = /^(\s*#)?\s*(?:export\s+)?([A-Z][A-Z0-9_]{1,79})=(.*)$/;
/** Comments that say a variable is for working on the server. */
const FOREIGN = /\btest(?:s|ing)?\b|development|integration|\bci\b|docker|non-stdio|http mode|\bhttp settings/i;

/** `.env.example` and its relatives: the weakest witness, since nobody runs it. */
export function detectEnvExamples(set: FileSet): EnvFinding[] {
  return set.files
    .filter((file) => FILE.test(file.path))
    .flatMap(({ path, text }) => {
      const findings: EnvFinding[] = [];
      let comment: string[] = [];
      let isFresh = true;
      for (const [at, row] of text.split(/\r?\n/).entries()) {
        const match = LINE.exec(row);
        if (!match?.[2]) {
          if (row.trim() === '') isFresh = true;
          else if (row.trim().startsWith('#')) {
            comment = isFresh ? [row.replace(/^[\s#]+/, '')] : [...comment, row.replace(/^[\s#]+/, '')];
            isFresh = false;
          }
          continue;
        }
        isFresh = false;
        const [, hash, name, rest = ''] = match;
        if (!ENV_NAME.test(name)) continue;
        const value = rest
          .replace(/\s+#.*$/, '')
          .trim()
          .replace(/^(["'])(.*)\1$/, '$2');
        const said = comment.join(' ');
        const note = `${said} ${/#(.*)$/.exec(rest)?.[1] ?? ''}`;
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
          ...(value && isPlaceholder(value) ? { example: value } : value ? { example: value } : {}),
          ...(FOREIGN.test(note) ? { scope: 'other' as const } : {}),
        });
      }
      return findings;
    });
}
