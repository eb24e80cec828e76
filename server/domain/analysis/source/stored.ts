import type { Source } from './parse-source.ts';

/** What may be kept of a pasted text: an `mcpServers` block loses its values, which are often real keys. */
export function storedSource(source: Source, text: string): string {
  if (source.kind !== 'snippet') return withoutLogin(text.trim());
  const servers = source.launches.map((launch, at) => {
    const entry = launch.url
      ? { url: withoutQuery(launch.url) }
      : {
          command: launch.command,
          args: withoutSecrets(launch.args),
          env: Object.fromEntries(Object.keys(launch.env).map((name) => [name, ''])),
        };
    return [launch.name ?? `server-${at + 1}`, entry] as const;
  });
  return JSON.stringify({ mcpServers: Object.fromEntries(servers) });
}

const withoutQuery = (url: string): string =>
  URL.canParse(url) ? `${new URL(url).origin}${new URL(url).pathname}` : '';

/** Of a web address neither a user with a password nor a query says where the source is; both may be secret. */
function withoutLogin(text: string): string {
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.username === '' && url.password === '' && url.search === '') return text;
  return `${url.origin}${url.pathname}`;
}

const SECRET_FLAG = /key|token|secret|password|pass|auth|credential|connection|dsn|header|^-H$|\bpat\b/i;
/** `NAME=value`, as `env` and `docker run -e` take it: nobody knows what it holds. */
const VARIABLE = /^[A-Z][A-Z0-9_]*=/;
const HEADER_OR_KEY =
  /^(?:authorization|cookie|x-[\w-]+)\s*:|^bearer\s|^(?:sk|pk|rk|gh[opsu]|github_pat|glpat|xox[abprs])[-_]/i;

/** Words of a command line, with `<value>` in the place of what may be a key. */
export function withoutSecrets(args: readonly string[]): string[] {
  return args.map((word, at) => {
    const previous = args[at - 1] ?? '';
    const assigned = /^(-{0,2}[\w.-]+=)(.+)$/s.exec(word);
    if (assigned?.[1] && SECRET_FLAG.test(assigned[1])) return `${assigned[1]}<value>`;
    const isFlag = previous.startsWith('-') && !previous.includes('=');
    if (isFlag && !word.startsWith('-') && SECRET_FLAG.test(previous)) return '<value>';
    const variable = VARIABLE.exec(word)?.[0];
    if (variable) return `${variable}<value>`;
    if (/^https?:\/\/[^\s?#]*[?#]/i.test(word)) return withoutQuery(word);
    return /:\/\/[^/\s]*@/.test(word) || HEADER_OR_KEY.test(word) ? '<value>' : word;
  });
}
