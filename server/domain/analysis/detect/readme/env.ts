import type { FileSet } from '../../files/file-set.ts';
import { ENV_NAME, type EnvFinding, evidenceOf, type Scope } from '../finding.ts';
import { aboutRow, flagOfRow } from './arguments.ts';
import { type ProseLine, readMarkdown } from './markdown.ts';
import { variableOfRow } from './table.ts';
import { textOf, wording } from './wording.ts';

/** Sections about working on the server, or about running it for others: their variables are not the user's. */
const FOREIGN_SECTION =
  /develop|contribut|testing|\btests?\b|debugging|publish|release|build from|building|ci\/cd|self[- ]?host|troubleshoot|changelog|evaluation|benchmark/i;
const STDIO_SECTION = /\bstdio\b|\blocal\b/i;
const HTTP_SECTION = /\bhttp\b|\bsse\b|streamable|remote|hosted|cloud deploy|docker compose|kubernetes|helm/i;

/** A sentence above a block that says whom the block is for. */
const HOSTED = /\bhosted (?:mcp )?(?:service|server|deployment|version|instance)|\bhttp (?:mode|transport|server)\b/i;

/** `- \`NAME\` (required): text`, `* **NAME** - text`, `1. \`NAME\`: text` */
const BULLET =
  /^\s*(?:>\s*)?(?:[-*+]|\d+[.)])\s+(?:\[[ x]\]\s+)?[`*_"]{0,4}([A-Z][A-Z0-9_]{1,79})(?:=[^`*\s]*)?[`*_"]{0,4}(?=$|[\s:(),.–—=-])(.*)$/;
/** `\`NAME\`` anywhere in prose, and `NAME=value`. */
const INLINE = /`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|CI|DEBUG)(?:=([^`]*))?`/g;
/** In a shell block or a .env block: `export NAME=value`, `NAME=value`, `-e NAME=value` */
const ASSIGNED =
  /(?:^\s*(?:#\s*)?(?:export\s+|set\s+|\$env:)?|\s-e\s+|--env[ =])["']?([A-Z][A-Z0-9_]{1,79})(?:\s*=\s*|(?=\s|$|\\))("[^"]*"|'[^']*'|[^\s\\#]*)?/gm;

/** The nearest heading that says something of the transport decides. */
function scopeOfSection(headings: string[]): Scope | 'foreign' {
  if (FOREIGN_SECTION.test(headings.slice(1).join(' / '))) return 'foreign';
  const own = headings.length > 1 ? headings.slice(1) : headings;
  const telling = own.findLast((heading) => STDIO_SECTION.test(heading) || HTTP_SECTION.test(heading));
  return telling !== undefined && !STDIO_SECTION.test(telling) ? 'http' : 'stdio';
}

/** `$NAME`, `${env:NAME}`, `{env:NAME}` and the like: read by the user's own shell or client. */
const REFERENCE =
  /\$\{?(?:env:)?([A-Z][A-Z0-9_]{2,79})\b|\{env:([A-Z][A-Z0-9_]{2,79})\}|bearer[_-]token[_-]env[_-]var["']?\s*[=: ]\s*["']?([A-Z][A-Z0-9_]{2,79})/g;
const PASSED = /["']([A-Z][A-Z0-9_]{2,79})["']\s*:|(?:\s-e\s+|--env[ =])["']?([A-Z][A-Z0-9_]{2,79})/g;

/** Names that documents only hand on to something else: a header, a client's setting, a script's next line. */
function handedOn(set: FileSet): Set<string> {
  const names = new Set<string>();
  const passed = new Set<string>();
  for (const file of set.files) {
    if (!/\.(?:mdx?|json|toml)$/i.test(file.path)) continue;
    for (const match of file.text.matchAll(REFERENCE)) names.add(match[1] ?? match[2] ?? match[3] ?? '');
    for (const match of file.text.matchAll(PASSED)) passed.add(match[1] ?? match[2] ?? '');
  }
  for (const name of passed) names.delete(name);
  return names;
}

const CONTAINER = /\b(?:docker|podman)\s+run\b(?:[^\n\\]|\\[\s\S])*/g;

/** Containers without standard input: an HTTP mode, a database, a collector of traces. */
const detachedContainers = (text: string): { start: number; end: number }[] =>
  [...text.matchAll(CONTAINER)].flatMap((match) =>
    /\s(?:-[a-z]*i[a-z]*|--interactive)\b/.test(match[0])
      ? []
      : [{ start: match.index, end: match.index + match[0].length }],
  );

/** Variables that the documents of a server name, in tables, lists, prose and examples. */
export function detectReadmeEnv(set: FileSet): EnvFinding[] {
  const findings: EnvFinding[] = [];
  const foreign = handedOn(set);
  for (const file of set.files) {
    if (!/\.mdx?$/i.test(file.path)) continue;
    const { blocks, lines } = readMarkdown(file.text);
    const push = (name: string, line: number, headings: string[], more: Partial<EnvFinding>) => {
      if (!ENV_NAME.test(name) || /^(?:YOUR|MY)_/.test(name)) return;
      const scope = scopeOfSection(headings);
      if (scope === 'foreign') return;
      findings.push({
        name,
        evidence: evidenceOf('README', file.path, line, headings.at(-1) ?? null),
        ...more,
        ...(scope === 'http' ? { scope } : {}),
      });
    };

    for (const line of lines) {
      const row = variableOfRow(line);
      if (row && (row.name.includes('_') || isAboutVariables(line, ''))) {
        push(row.name, line.line, line.headings, row.found);
        continue;
      }
      // a row about a flag, which names the variable that does the same
      const flagRow =
        flagOfRow(line) === null ? {} : { description: aboutRow(line), ...wording(line.cells?.join(' ') ?? '') };
      const bullet = BULLET.exec(line.text);
      if (
        bullet?.[1] &&
        (bullet[1].includes('_') || (line.text.includes(`\`${bullet[1]}\``) && isAboutVariables(line, '')))
      ) {
        const description = textOf(bullet[2] ?? '');
        push(bullet[1], line.line, line.headings, {
          ...(description ? { description } : {}),
          ...wording(bullet[2] ?? '', bullet[1]),
        });
      }
      for (const match of line.text.matchAll(INLINE)) {
        const name = match[1] ?? '';
        if (name === bullet?.[1]) continue;
        if (match[2] === undefined && !isAboutVariables(line, name)) continue;
        if (foreign.has(name) || (/\b(?:container|docker image|image)\b/i.test(line.text) && /TRANSPORT/.test(name)))
          continue;
        push(name, line.line, line.headings, { ...flagRow, ...(match[2] ? { example: match[2] } : {}) });
      }
    }
    for (const block of blocks) {
      if (!/^(?:|bash|sh|shell|zsh|env|dotenv|ini|console|properties|powershell|text|dockerfile)$/.test(block.language))
        continue;
      const elsewhere = detachedContainers(block.text);
      for (const match of block.text.matchAll(ASSIGNED)) {
        const name = match[1] ?? '';
        if (foreign.has(name)) continue;
        const value = (match[2] ?? '').replace(/^["']|["']$/g, '');
        if (!match[0].includes('=') && !/-e\s|--env/.test(match[0])) continue;
        if (!name.includes('_') && !/-e\s|--env|export/.test(match[0])) continue;
        const at = block.text.slice(0, match.index + match[0].indexOf(name)).split('\n').length;
        push(name, block.line + at - 1, block.headings, {
          ...(value ? { example: value } : {}),
          ...(elsewhere.some(({ start, end }) => match.index >= start && match.index < end)
            ? { scope: 'other' as const }
            : {}),
          ...(HOSTED.test(block.lead) ? { scope: 'http' as const } : {}),
        });
      }
    }
  }
  return findings;
}

/** A constant in prose is a variable when the text around says so. */
const isAboutVariables = (line: ProseLine, name: string): boolean =>
  /\benv(?:ironment)?\b|variable|\bset\b|\bexport\b/i.test(
    `${line.text} ${line.headings.join(' ')} ${line.columns?.join(' ') ?? ''}`,
  ) || /(?:_API_KEY|_TOKEN|_URL|_SECRET|_PASSWORD|_PATH|_HOST|_PORT)$/.test(name);
