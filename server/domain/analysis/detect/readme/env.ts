import type { FileSet } from '../../files/file-set.ts';
import { ENV_NAME, type EnvFinding, evidenceOf, type Scope } from '../finding.ts';
import { isSecretName } from '../variable-kinds.ts';
import { aboutRow, flagOfRow } from './arguments.ts';
import { type CodeBlock, LINE_CHARACTERS_MAX, markdownOf, type ProseLine } from './markdown.ts';
import { isConstantOf, variableOfRow } from './table.ts';
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
  /^\s{0,40}(?:>\s{0,9})?(?:[-*+]|\d{1,3}[.)])\s{1,9}(?:\[[ x]\]\s{1,9})?[`*_"]{0,4}([A-Z][A-Z0-9_]{1,79})(?:=[^`*\s]{0,300})?[`*_"]{0,4}(?=$|[\s:(),.–—=-])(.*)$/;
/** `\`NAME\`` anywhere in prose, and `NAME=value`. */
const INLINE = /`([A-Z][A-Z0-9]{0,79}(?:_[A-Z0-9]{1,79})+|CI|DEBUG)(?:=([^`]{0,300}))?`/g;
/** A line of a shell block or a .env block: `export NAME=value`, `NAME=value`, `-e NAME=value` */
const ASSIGNED =
  /(?:^\s{0,40}(?:#\s{0,9})?(?:export\s{1,9}|set\s{1,9}|\$env:)?|(?<=\s)-e\s{1,9}|--env[ =])["']?([A-Z][A-Z0-9_]{1,79})(?:\s{0,9}=\s{0,9}|(?=\s|$|\\))("[^"]{0,300}"|'[^']{0,300}'|[^\s\\#]{0,300})?/g;

/** The nearest heading that says something of the transport decides. */
function scopeOfSection(headings: string[]): Scope | 'foreign' {
  if (FOREIGN_SECTION.test(headings.slice(1).join(' / '))) return 'foreign';
  const own = headings.length > 1 ? headings.slice(1) : headings;
  const telling = own.findLast((heading) => STDIO_SECTION.test(heading) || HTTP_SECTION.test(heading));
  return telling !== undefined && !STDIO_SECTION.test(telling) ? 'http' : 'stdio';
}

/** `$NAME`, `${env:NAME}`, `{env:NAME}` and the like: read by the user's own shell or client. */
const REFERENCE =
  /\$\{?(?:env:)?([A-Z][A-Z0-9_]{2,79})\b|\{env:([A-Z][A-Z0-9_]{2,79})\}|bearer[_-]token[_-]env[_-]var["']?\s{0,9}[=: ]\s{0,9}["']?([A-Z][A-Z0-9_]{2,79})/g;
const PASSED = /["']([A-Z][A-Z0-9_]{2,79})["']\s{0,9}:|(?:\s-e\s{1,9}|--env[ =])["']?([A-Z][A-Z0-9_]{2,79})/g;

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

const CONTAINER = /\b(?:docker|podman)\s{1,9}run\b(?:[^\n\\]|\\[\s\S])*/g;

/** Containers without standard input: an HTTP mode, a database, a collector of traces. */
const detachedContainers = (text: string): { start: number; end: number }[] =>
  [...text.matchAll(CONTAINER)].flatMap((match) =>
    /\s(?:-[a-z]{0,9}i[a-z]{0,9}|--interactive)\b/.test(match[0])
      ? []
      : [{ start: match.index, end: match.index + match[0].length }],
  );

/** `NAME=value program --transport http`, and a comment that says so: `NAME=value # HTTP transport only`. */
const startsHttp = (row: string): boolean =>
  /(?:^|\s)(?:--transport|-t)[= ](?:streamable-?)?(?:http|sse)\b/i.test(row) ||
  wording(/\s#\s(.{1,300})$/.exec(row)?.[1] ?? '').scope === 'http';

/** Rows of a block of which one starts HTTP: a backslash at the end of a row continues the command in the next one. */
function rowsOfHttp(rows: readonly string[]): Set<number> {
  const found = new Set<number>();
  let first = 0;
  let isHttp = false;
  rows.forEach((row, at) => {
    isHttp ||= startsHttp(row.slice(0, LINE_CHARACTERS_MAX));
    if (row.endsWith('\\')) return;
    if (isHttp) for (let one = first; one <= at; one++) found.add(one);
    first = at + 1;
    isHttp = false;
  });
  return found;
}

/** Variables that the lines of a shell block or a .env block set. */
function* assignedIn({ text, line: firstLine }: CodeBlock) {
  const containers = detachedContainers(text);
  let [offset, line, container] = [0, firstLine - 1, 0];
  const rows = text.split('\n');
  const ofHttp = rowsOfHttp(rows);
  for (const [at, row] of rows.entries()) {
    const start = offset;
    offset += row.length + 1;
    line++;
    const isForHttp = ofHttp.has(at);
    for (const match of row.slice(0, LINE_CHARACTERS_MAX).matchAll(ASSIGNED)) {
      const [whole, name = '', raw = ''] = match;
      const isOption = /^-e\s|^--env/.test(whole);
      if (!whole.includes('=') && !isOption) continue;
      if (!name.includes('_') && !isOption && !whole.includes('export')) continue;
      const place = start + match.index;
      while ((containers[container]?.end ?? Number.POSITIVE_INFINITY) <= place) container++;
      const isElsewhere = (containers[container]?.start ?? Number.POSITIVE_INFINITY) <= place;
      const isSet = !isOption && !/^\s*#/.test(whole);
      yield { name, value: raw.replace(/^["']|["']$/g, ''), line, isElsewhere, isForHttp, isSet };
    }
  }
}

const SETTING = /^(?:#.*|\s*|(?:export\s{1,9})?[A-Z][A-Z0-9_]{1,79}\s{0,9}=.*)$/;

/** A block that consists of settings alone, as a `.env` file does. */
const isSettings = ({ text }: CodeBlock): boolean => text.split('\n').every((row) => SETTING.test(row));

/** Switches that turn a server from stdio to HTTP. */
const HTTP_SWITCH = /(?:^|_)(?:STREAMABLE_HTTP|SSE|HTTP_MODE|USE_HTTP|TRANSPORT|TRANSPORT_TYPE|TRANSPORT_MODE)$/;

/** The switch of a mode that works over HTTP alone. */
const MODE_SWITCH = /(?:^|_)(?:MODE|ENABLED?)$/;
const NEEDS_HTTP = /\b(?:requires?|needs?|only (?:over|with|for)) (?:the )?(?:streamable[ -]?)?HTTP\b/i;

/** Tables that demand a switch for HTTP, or begin with a mode that needs it, are about that mode, in each of their rows. */
function tablesOfHttp(lines: readonly ProseLine[]): Set<string[] | null> {
  const tables = new Set<string[] | null>();
  for (const line of lines) {
    const row = variableOfRow(line);
    if (row && MODE_SWITCH.test(row.name) && NEEDS_HTTP.test((line.cells ?? []).join(' '))) tables.add(line.columns);
    if (!row || row.found.requirement !== 'LAZY' || !HTTP_SWITCH.test(row.name)) continue;
    if (/\b(?:true|https?|sse|streamable[\w-]{0,10})\b/i.test((line.cells ?? []).slice(1).join(' ')))
      tables.add(line.columns);
  }
  return tables;
}

/** Variables that the documents of a server name, in tables, lists, prose and examples. */
export function detectReadmeEnv(set: FileSet): EnvFinding[] {
  const findings: EnvFinding[] = [];
  const foreign = handedOn(set);
  for (const file of set.files) {
    if (!/\.mdx?$/i.test(file.path)) continue;
    const { blocks, lines } = markdownOf(file);
    const push = (name: string, line: number, headings: string[], more: Partial<EnvFinding>) => {
      if (!ENV_NAME.test(name) || /^(?:YOUR|MY)_/.test(name) || isConstantOf(headings, '')) return;
      const scope = scopeOfSection(headings);
      if (scope === 'foreign') return;
      findings.push({
        name,
        evidence: evidenceOf('README', file.path, line, headings.at(-1) ?? null),
        ...more,
        ...(scope === 'http' ? { scope } : {}),
      });
    };

    const ofHttp = tablesOfHttp(lines);
    for (const line of lines) {
      const row = variableOfRow(line);
      if (row && (row.name.includes('_') || isAboutVariables(line, ''))) {
        push(
          row.name,
          line.line,
          line.headings,
          ofHttp.has(line.columns) ? { ...row.found, scope: 'http' } : row.found,
        );
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
          ...(isAboutVariables(line, bullet[1]) || isSecretName(bullet[1]) ? {} : { isVague: true }),
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
      const isHosted = HOSTED.test(block.lead);
      const isFile = isSettings(block);
      for (const { name, value, line, isElsewhere, isForHttp, isSet } of assignedIn(block)) {
        if (foreign.has(name)) continue;
        push(name, line, block.headings, {
          ...(value ? { example: value } : {}),
          ...(isSet && isFile ? { inSettings: true } : {}),
          ...(isElsewhere ? { scope: 'other' as const } : {}),
          ...(isHosted || isForHttp ? { scope: 'http' as const } : {}),
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
