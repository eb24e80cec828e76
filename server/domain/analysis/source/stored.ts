import type { Launch } from './launch.ts';
import { placeholdersIn, wholePlaceholder } from './placeholder.ts';
import { headerIn } from './remote-headers.ts';
import type { Source } from './source.ts';

/**
 * The text that may be kept of what was pasted. A block of settings or a command loses its values, which are often real
 * keys; its placeholders and its other words stay, so that reading it again gives the same analysis.
 */
export function storedSource(source: Source, text: string): string {
  if (source.kind !== 'snippet') return withoutLogin(text.trim());
  const inputs = source.launches.find((launch) => launch.inputs)?.inputs;
  const entries = source.launches.map(maskedLaunch).map(({ name, command, args, env, url, headers }) => ({
    name,
    entry: url ? { url, ...(headers ? { headers } : {}) } : { command, args, env },
  }));
  const [only, ...others] = entries;
  const servers =
    only?.name === null && others.length === 0 && !('url' in only.entry)
      ? only.entry
      : { mcpServers: Object.fromEntries(entries.map(({ name, entry }, at) => [name ?? `server-${at + 1}`, entry])) };
  return JSON.stringify({ ...(inputs ? { inputs } : {}), ...servers });
}

/** A launch without secrets: only the user who pasted it still has the rest. */
export function maskedLaunch(launch: Launch): Launch {
  const { url, args, env, headers } = launch;
  return {
    ...launch,
    url: url && withoutQuery(url),
    args: withoutSecrets(args),
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value && placeholderOnly(value)])),
    ...(headers ? { headers: Object.fromEntries(Object.keys(headers).map((name) => [name, ''])) } : {}),
  };
}

/** A value of a variable: nothing says what it holds, so only a placeholder is kept. */
function placeholderOnly(value: string): string {
  const placeholder = wholePlaceholder(value);
  return placeholder && placeholder.default === null ? value : '';
}

const withoutQuery = (url: string): string =>
  URL.canParse(url) ? `${new URL(url).origin}${new URL(url).pathname}` : '';

/** The user, the password and the query of a web address do not name a source, and may be secret. */
function withoutLogin(text: string): string {
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.username === '' && url.password === '' && url.search === '') return text;
  return `${url.origin}${url.pathname}`;
}

const SECRET_FLAG = /key|token|secret|password|pass|auth|credential|connection|dsn|header|^-H$|\bpat\b/i;
const HEADER_FLAG = /^(?:-H|--headers?)$/;
/** `NAME=value`, as `env` and `docker run -e` take it: the value may be anything. */
const VARIABLE = /^[A-Z][A-Z0-9_]*=/;
const HEADER_OR_KEY =
  /^(?:authorization|cookie|x-[\w-]+)\s*:|^bearer\s|^(?:sk|pk|rk|gh[opsu]|github_pat|glpat|xox[abprs])[-_]/i;
/** `Authorization: Bearer `: what remains of a header whose secret is a placeholder. */
const HEADER_FRAME = /^\s{0,9}(?:[\w-]{1,100}\s{0,9}:)?\s{0,9}(?:bearer|basic|token)?\s{0,9}$/i;
const LOGIN_IN_URL = /:\/\/[^/\s]*@/;
/** The placeholder that stands for a secret which was left out. */
export const MASKED_NAME = 'value';
export const MASK = `<${MASKED_NAME}>`;

/** Reports whether a text has placeholders in the place of everything that could be secret. */
function isHarmless(text: string): boolean {
  const placeholders = placeholdersIn(text);
  if (placeholders.length === 0) return false;
  const rest = placeholders
    .map(({ start }, at) => text.slice(placeholders[at - 1]?.end ?? 0, start))
    .concat(text.slice(placeholders.at(-1)?.end ?? 0))
    .join('');
  const hasDefault = placeholders.some((one) => one.default !== null);
  return (
    !hasDefault &&
    (HEADER_FRAME.test(rest) ||
      (/^[a-z][\w+.-]*:\/\//i.test(rest) && !/:\/\/[^/\s]{0,200}[^:/\s@][^/\s]{0,200}@/.test(rest)))
  );
}

/** Words of a command line, with `<value>` in the place of what may be a key. Placeholders stay as they are. */
export function withoutSecrets(args: readonly string[]): string[] {
  return args.map((word, at) => {
    const previous = args[at - 1] ?? '';
    const assigned = /^(-{0,2}[\w.-]+=)(.+)$/s.exec(word);
    const [, name = '', value = ''] = assigned ?? [];
    if (assigned && (SECRET_FLAG.test(name) || VARIABLE.test(word))) return isHarmless(value) ? word : `${name}${MASK}`;
    const isFlag = previous.startsWith('-') && !previous.includes('=');
    const isValueOfSecret = isFlag && !word.startsWith('-') && SECRET_FLAG.test(previous);
    const header = isValueOfSecret && HEADER_FLAG.test(previous) ? headerIn(word) : null;
    if (header && !isHarmless(word)) return `${header.name}:${MASK}`;
    if (isValueOfSecret || LOGIN_IN_URL.test(word) || HEADER_OR_KEY.test(word)) return isHarmless(word) ? word : MASK;
    return /^https?:\/\/[^\s?#]*[?#]/i.test(word) ? withoutQuery(word) : word;
  });
}
