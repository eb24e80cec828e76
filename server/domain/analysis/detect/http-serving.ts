import type { HttpServing } from '#deploy/host/package-spec.ts';
import type { Code, CodeFile } from './code/code-file.ts';
import type { ArgumentFinding, EnvFinding } from './finding.ts';

/**
 * How far a launch outside of the files chooses HTTP. TRANSPORT: it names the transport. PORT: it names only a port,
 * which may be that of something else.
 */
export type ChosenHttp = { by: 'TRANSPORT' | 'PORT'; portFlag?: string };

const STDIO = {
  javascript: /\bStdioServerTransport\b|\bserveStdio\b|server\/stdio\b|["'`]stdio["'`]/,
  python: /\bstdio_server\b|\brun_stdio_async\b|["']stdio["']|\.run\(\s{0,9}\)/,
};
/** Transports of the SDKs, and of frameworks on top of them, that listen on a port. */
const HTTP = {
  javascript:
    /\b(?:Node|WebStandard)?Streamable(?:HTTP|Http)(?:Server)?Transport\b|\bSSEServerTransport\b|\bcreateMcpHandler\b|\btransportType\s{0,9}:\s{0,9}["'`](?:httpStream|sse)["'`]|["'`](?:http-stream|streamable-?http)["'`]/,
  python:
    /\btransport\s{0,9}=\s{0,9}["'](?:streamable[-_]http|http|sse)["']|\brun_(?:http|sse|streamable_http)_async\b|\b(?:streamable_http|sse|http)_app\(|\bSseServerTransport\b|\bStreamableHTTPSessionManager\b/,
};
const PATHS = {
  javascript: /(?:\.(?:post|all|use|get|route)\(|\b(?:endpoint|path)\s{0,9}:)\s{0,9}["'`](\/[\w./-]{0,80})["'`]/g,
  python: /(?:\b(?:\w{0,30}path)\s{0,9}=|\b(?:Mount|Route)\()\s{0,9}["'](\/[\w./-]{0,80})["']/g,
};
const MCP_PATH = /mcp|sse|stream/i;
const PATHS_MAX = 6;

const PORT_FLAG = /^--?(?:port|http-port|server-port|mcp-port|listen-port|sse-port)$/i;
const PORT_VARIABLE = /^(?:[A-Z0-9]+_)?(?:(?:MCP|HTTP|SSE|SERVER|LISTEN|APP|FASTMCP)_)*PORT$/;
const HOST_VARIABLE = /^(?:(?:MCP|HTTP|SSE|SERVER|LISTEN|APP|FASTMCP|BIND)_)*(?:HOST|HOSTNAME|BIND_ADDRESS)$/;
/** Ports of what a server connects to. */
const OTHER_PORT = /(?:^|_)(?:DB|DATABASE|PG|POSTGRES|MYSQL|REDIS|MONGO|SMTP|IMAP|SSH|PROXY|DEBUG|CHROME|CDP|REMOTE)_/;

const pathsIn = (files: readonly CodeFile[], pattern: RegExp): string[] =>
  files.flatMap(({ text }) =>
    [...text.matchAll(pattern)].flatMap(([, path]) => (path && MCP_PATH.test(path) ? [path] : [])),
  );

const isIn = (files: readonly CodeFile[], pattern: RegExp): boolean => files.some(({ text }) => pattern.test(text));

/** The variables by which a server takes its port, beside PORT, and its address. */
export const portSettings = (variables: readonly string[]): Pick<HttpServing, 'portVariables' | 'hostVariables'> => {
  const names = [...new Set(variables)];
  const portVariables = names.filter((name) => name !== 'PORT' && PORT_VARIABLE.test(name) && !OTHER_PORT.test(name));
  const hostVariables = names.filter((name) => HOST_VARIABLE.test(name));
  return {
    ...(portVariables.length > 0 ? { portVariables } : {}),
    ...(hostVariables.length > 0 ? { hostVariables } : {}),
  };
};

/** Options and variables of the server, as they were found in its code. */
export type FoundSettings = { options: readonly ArgumentFinding[]; variables: readonly Pick<EnvFinding, 'name'>[] };

/**
 * Recognizes a server that serves HTTP instead of stdio: no code of it speaks stdio, or a launch chooses HTTP. Null for
 * a server that speaks stdio. The result says how the server takes its port, as far as the code shows it.
 */
export function httpServing(code: Code, found: FoundSettings, chosen: ChosenHttp | null = null): HttpServing | null {
  const { javascript, python } = code;
  const servesHttp = isIn(javascript, HTTP.javascript) || isIn(python, HTTP.python);
  const speaksStdio = isIn(javascript, STDIO.javascript) || isIn(python, STDIO.python);
  const isChosen = chosen?.by === 'TRANSPORT' || (chosen?.by === 'PORT' && servesHttp);
  if (!isChosen && !(servesHttp && !speaksStdio)) return null;

  const declared = found.options.find(({ flag }) => flag !== null && PORT_FLAG.test(flag))?.flag;
  const portFlag = chosen?.portFlag ?? declared ?? null;
  const paths = [...new Set([...pathsIn(javascript, PATHS.javascript), ...pathsIn(python, PATHS.python)])];
  return {
    ...portSettings(found.variables.map(({ name }) => name)),
    ...(portFlag === null ? {} : { portFlag }),
    ...(paths.length > 0 ? { paths: paths.slice(0, PATHS_MAX) } : {}),
  };
}

const HTTP_WORD = /^(?:--?)?(?:http|sse|streamable[-_]?http|http[-_]?stream)$/i;
const HTTP_VALUE = /^(?:http|sse|streamable[-_]?http|http[-_]?stream)$/i;
const TRANSPORT_FLAG = /^--?(?:transport|transport-type|transport-mode|mode|t)$/i;
const TRANSPORT_VARIABLE = /(?:^|_)(?:TRANSPORT(?:_TYPE|_MODE)?|MCP_MODE)$/;
const SHORT_PORT_FLAG = /^-p$/i;

/** Reports whether a variable that chooses the transport has such a value. */
export const namesTransport = (env: Readonly<Record<string, string | null>>, value: RegExp): boolean =>
  Object.entries(env).some(([name, given]) => TRANSPORT_VARIABLE.test(name) && value.test(given ?? ''));

/** The transport that a pasted command line or its variables choose; null where they leave it open. */
export function chosenHttp(args: readonly string[], env: Readonly<Record<string, string | null>>): ChosenHttp | null {
  const words = args.flatMap((word) => {
    const [, flag, value] = /^(--?[A-Za-z][\w-]{0,60})=(.*)$/s.exec(word) ?? [];
    return flag === undefined ? [word] : [flag, value ?? ''];
  });
  const port = words.find(
    (word, at) => (PORT_FLAG.test(word) || SHORT_PORT_FLAG.test(word)) && /^\d{1,5}$|^[<$%{]/.test(words[at + 1] ?? ''),
  );
  const isNamed =
    words.some((word, at) => TRANSPORT_FLAG.test(word) && HTTP_VALUE.test(words[at + 1] ?? '')) ||
    words.some((word, at) => HTTP_WORD.test(word) && (word.startsWith('-') || !words[at - 1]?.startsWith('-'))) ||
    namesTransport(env, HTTP_VALUE);
  if (!isNamed && port === undefined) return null;
  return { by: isNamed ? 'TRANSPORT' : 'PORT', ...(port === undefined ? {} : { portFlag: port }) };
}

/** Settings that the host fills in for a server that serves HTTP: a person need not. */
export const isFilledIn = (name: string, { portVariables = [], hostVariables = [] }: HttpServing): boolean =>
  name === 'PORT' || portVariables.includes(name) || hostVariables.includes(name);
