import type { FileSet } from '../file-set.ts';
import { ENV_NAME, type EnvFinding, evidenceOf, type Scope } from './finding.ts';
import { type ProseLine, readMarkdown } from './markdown.ts';

/** Sections about working on the server, or about running it for others: their variables are not the user's. */
const FOREIGN_SECTION =
  /develop|contribut|testing|\btests?\b|debugging|publish|release|build from|building|ci\/cd|self[- ]?host|troubleshoot|changelog|evaluation|benchmark/i;
const HTTP_SECTION = /\bhttp\b|\bsse\b|streamable|remote|hosted|cloud deploy|docker compose|kubernetes|helm/i;

/** `- \`NAME\` (required): text`, `* **NAME** - text`, `1. \`NAME\`: text` */
const BULLET =
  /^\s*(?:>\s*)?(?:[-*+]|\d+[.)])\s+(?:\[[ x]\]\s+)?[`*_"]{0,4}([A-Z][A-Z0-9_]{1,79})(?:=[^`*\s]*)?[`*_"]{0,4}(?=$|[\s:(),.–—=-])(.*)$/;
/** `\`NAME\`` anywhere in prose, and `NAME=value`. */
const INLINE = /`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|CI|DEBUG)(?:=([^`]*))?`/g;
/** In a shell block or a .env block: `export NAME=value`, `NAME=value`, `-e NAME=value` */
const ASSIGNED =
  /(?:^\s*(?:#\s*)?(?:export\s+|set\s+|\$env:)?|\s-e\s+|--env[ =])["']?([A-Z][A-Z0-9_]{1,79})(?:\s*=\s*|(?=\s|$|\\))("[^"]*"|'[^']*'|[^\s\\#]*)?/gm;

const REQUIRED_WORD = /\brequired\b|\bmandatory\b|\bmust be set\b/i;
const OPTIONAL_WORD =
  /\boptional(?:ly)?\b|\bnot required\b|\bdefaults?\b|\bif (?:not )?(?:set|provided|you)\b|\bonly (?:if|when|for|needed|required)\b|\brequired (?:if|when|for|unless)\b|\bwhen\b/i;
const DEFAULT_TEXT =
  /\bdefaults?(?:\s+(?:is|value|to))?\s*[:=]?\s*(?:`([^`]+)`|"([^"]+)"|\*\*([^*]+)\*\*|([\w./:-]+))/i;

function textOf(markdown: string): string {
  return markdown
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/<[^>]+>/g, '')
    .replace(/[*`]/g, '')
    .replace(/^[\s:–—=-]+/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
}

const helpUrlIn = (text: string): string | undefined => /https:\/\/[^\s)>"'`\]]+/.exec(text)?.[0]?.replace(/[.,]$/, '');

function wording(text: string): Partial<EnvFinding> {
  const found: Partial<EnvFinding> = {};
  const fallback = DEFAULT_TEXT.exec(text);
  const value = fallback?.[1] ?? fallback?.[2] ?? fallback?.[3] ?? fallback?.[4];
  if (value && !/^(?:none|null|undefined|unset|empty|not|no|n\/a|-|to|is)$/i.test(value))
    found.default = value.replace(/[.,;)]+$/, '');
  if (REQUIRED_WORD.test(text) && !OPTIONAL_WORD.test(text)) found.requirement = 'LAZY';
  else if (OPTIONAL_WORD.test(text)) found.requirement = 'OPTIONAL';
  const choices =
    /(?:one of|either|options?|values?|allowed|possible)[^`"']{0,20}((?:[`"'][\w.-]+[`"'](?:\s*(?:,|\||\/|or|and)\s*)?){2,})/i.exec(
      text,
    )?.[1];
  if (choices) found.choices = [...choices.matchAll(/[`"']([\w.-]+)[`"']/g)].flatMap((match) => match[1] ?? []);
  const help = helpUrlIn(text);
  if (help) found.helpUrl = help;
  return found;
}

/** A table that lists variables: the name stands in its first or second cell. */
function inTable({ cells, columns }: ProseLine): { name: string; found: Partial<EnvFinding> } | null {
  if (!cells || !columns || cells === columns) return null;
  const candidates = cells.flatMap((cell, index) =>
    index < 2 && /^[`*\s]*[A-Z][A-Z0-9_]+(?:=\S*)?[`*\s†]*$/.test(cell) ? [index] : [],
  );
  // of two names in one row, the variable stands in the column that says so
  const at = candidates.find((index) => /env/i.test(columns[index] ?? '')) ?? candidates[0] ?? -1;
  const name = cells[at]?.replace(/[`*\s†]/g, '').split('=')[0];
  if (!name || at === -1) return null;
  // `NAME` in code style, or a table that says it is about variables
  if (!cells[at]?.includes('`') && !/variable|env|name|setting|option|key/i.test(columns[at] ?? '')) return null;
  const column = (pattern: RegExp) =>
    cells[columns.findIndex((title, index) => index !== at && pattern.test(title))] ?? '';
  const required = column(/required|mandatory/i);
  const fallback = textOf(column(/default/i));
  const description = textOf(
    column(/description|purpose|what|meaning|notes?|details/i) ||
      (cells.filter((_, index) => index > at).sort((a, b) => b.length - a.length)[0] ?? ''),
  );
  const said = wording(cells.join(' '));
  const found: Partial<EnvFinding> = { ...said, ...(description ? { description } : {}) };
  if (/^(?:\W*(?:yes|true|required|✅|✓|✔|x)\W*)(?!.*\b(?:if|when|for|unless)\b)/iu.test(required))
    found.requirement = 'LAZY';
  else if (/^\W*(?:no|false|optional|❌|✗|-|–)?\W*$/iu.test(required) && required !== '')
    found.requirement = 'OPTIONAL';
  if (fallback && !/^(?:-|–|—|none|null|n\/a|required|not set|unset|empty|\(none\)|""|“”)$/i.test(fallback)) {
    found.default = fallback;
    found.requirement = 'OPTIONAL';
  }
  return { name, found };
}

const scopeOfSection = (headings: string[]): Scope | 'foreign' => {
  const trail = headings.slice(1).join(' / ') || (headings[0] ?? '');
  if (FOREIGN_SECTION.test(headings.slice(1).join(' / '))) return 'foreign';
  return HTTP_SECTION.test(trail) && !/stdio|environment|configuration|local/i.test(headings.at(-1) ?? '')
    ? 'http'
    : 'stdio';
};

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
        ...(scope === 'http' ? { scope } : {}),
        ...more,
      });
    };

    for (const line of lines) {
      const row = inTable(line);
      if (row && (row.name.includes('_') || isAboutVariables(line, ''))) {
        push(row.name, line.line, line.headings, row.found);
        continue;
      }
      const bullet = BULLET.exec(line.text);
      if (
        bullet?.[1] &&
        (bullet[1].includes('_') || (line.text.includes(`\`${bullet[1]}\``) && isAboutVariables(line, '')))
      ) {
        const description = textOf(bullet[2] ?? '');
        push(bullet[1], line.line, line.headings, {
          ...(description ? { description } : {}),
          ...wording(bullet[2] ?? ''),
        });
      }
      for (const match of line.text.matchAll(INLINE)) {
        const name = match[1] ?? '';
        if (name === bullet?.[1]) continue;
        if (match[2] === undefined && !isAboutVariables(line, name)) continue;
        if (foreign.has(name) || (/\b(?:container|docker image|image)\b/i.test(line.text) && /TRANSPORT/.test(name)))
          continue;
        push(name, line.line, line.headings, match[2] ? { example: match[2] } : {});
      }
    }
    for (const block of blocks) {
      if (!/^(?:|bash|sh|shell|zsh|env|dotenv|ini|console|properties|powershell|text|dockerfile)$/.test(block.language))
        continue;
      for (const match of block.text.matchAll(ASSIGNED)) {
        const name = match[1] ?? '';
        if (foreign.has(name)) continue;
        const value = (match[2] ?? '').replace(/^["']|["']$/g, '');
        if (!match[0].includes('=') && !/-e\s|--env/.test(match[0])) continue;
        if (!name.includes('_') && !/-e\s|--env|export/.test(match[0])) continue;
        const at = block.text.slice(0, match.index + match[0].indexOf(name)).split('\n').length;
        push(name, block.line + at - 1, block.headings, value ? { example: value } : {});
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
