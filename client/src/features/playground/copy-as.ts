import type { CapabilityRequest } from './capabilities.ts';
import { paramHeaders } from './param-headers.ts';

export type CopyTarget = {
  databaseId: string;
  url: string;
  /** The endpoint takes calls without a token. */
  isPublic: boolean;
  /** The JSON Schema of the tool's arguments, which names those that headers repeat. */
  schema: unknown;
};

export type CodeSnippet = { key: string; label: string; code: string };

/** Holds the access token in every snippet, so that none contains a secret. */
const TOKEN_VARIABLE = 'MCP_TOKEN';
/** The revision in which one request without a session is a whole call; the endpoint translates it for older servers. */
const PROTOCOL_VERSION = '2026-07-28';

/**
 * Writes one request as programs that run as they are: with curl, TypeScript, Python and Catwalk's command line. A
 * resource is named by its URI, not by a template.
 */
export function snippetsOf(target: CopyTarget, request: CapabilityRequest): CodeSnippet[] {
  const snippets = [
    { key: 'curl', label: 'curl', code: curl(target, request) },
    { key: 'typescript', label: 'TypeScript', code: typeScript(target, request) },
    { key: 'python', label: 'Python', code: python(target, request) },
  ];
  if (request.kind !== 'tool') return snippets;
  return [...snippets, { key: 'catwalk', label: 'catwalk call', code: catwalkCall(target, request) }];
}

const METHODS = { tool: 'tools/call', prompt: 'prompts/get', resource: 'resources/read' } as const;

const paramsOf = ({ kind, name, args }: CapabilityRequest): Record<string, unknown> =>
  kind === 'resource' ? { uri: name } : { name, arguments: args };

/** A request of the stateless revision, which needs no session before it. */
const bodyOf = (request: CapabilityRequest) => ({
  jsonrpc: '2.0',
  id: 1,
  method: METHODS[request.kind],
  params: {
    ...paramsOf(request),
    _meta: {
      'io.modelcontextprotocol/protocolVersion': PROTOCOL_VERSION,
      'io.modelcontextprotocol/clientInfo': { name: 'script', version: '1.0.0' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
});

const headersOf = ({ schema }: CopyTarget, request: CapabilityRequest): [string, string][] => [
  ['Content-Type', 'application/json'],
  ['Accept', 'application/json, text/event-stream'],
  ['MCP-Protocol-Version', PROTOCOL_VERSION],
  // Repeated from the body, as the HTTP binding of that revision demands.
  ['Mcp-Method', METHODS[request.kind]],
  ['Mcp-Name', headerValue(request.name)],
  ...paramHeaders(schema, request.args).map(([name, value]): [string, string] => [name, headerValue(value)]),
];

/** Plain ASCII as it is, anything else in base64 (2026-07-28, value encoding). */
const headerValue = (text: string): string =>
  /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text)
    ? text
    : `=?base64?${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}?=`;

const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const pretty = (value: unknown, indent: string): string =>
  JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);

function curl(target: CopyTarget, request: CapabilityRequest): string {
  const { url, isPublic } = target;
  const headers = headersOf(target, request).map(([name, value]) => `  -H ${shellQuote(`${name}: ${value}`)}`);
  const token = isPublic ? [] : [`  -H "Authorization: Bearer $${TOKEN_VARIABLE}"`];
  const data = `  --data ${shellQuote(JSON.stringify(bodyOf(request), null, 2))}`;
  return [`curl -sS ${shellQuote(url)}`, ...token, ...headers, data].join(' \\\n');
}

function typeScript({ url, isPublic }: CopyTarget, request: CapabilityRequest): string {
  const init = isPublic
    ? ''
    : `, {\n  requestInit: { headers: { Authorization: \`Bearer \${process.env['${TOKEN_VARIABLE}']}\` } },\n}`;
  const method = { tool: 'callTool', prompt: 'getPrompt', resource: 'readResource' }[request.kind];
  return `import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const transport = new StreamableHTTPClientTransport(new URL(${JSON.stringify(url)})${init});
const client = new Client({ name: 'script', version: '1.0.0' });
await client.connect(transport);
const result = await client.${method}(${pretty(paramsOf(request), '')});
console.log(JSON.stringify(result, null, 2));
await client.close();
`;
}

/** Needs no package: a call is one HTTP request. */
function python(target: CopyTarget, request: CapabilityRequest): string {
  const { url, isPublic } = target;
  const token = isPublic ? '' : `    "Authorization": f"Bearer {os.environ['${TOKEN_VARIABLE}']}",\n`;
  const headers = headersOf(target, request).map(
    ([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`,
  );
  return `import json
${isPublic ? '' : 'import os\n'}import urllib.request

headers = {
${token}${headers.join('')}}
body = ${pythonLiteral(bodyOf(request), '')}
request = urllib.request.Request(${JSON.stringify(url)}, json.dumps(body, ensure_ascii=False).encode(), headers)
with urllib.request.urlopen(request, timeout=300) as response:
    for line in response:  # JSON, or the data lines of an event stream
        text = line.decode().removeprefix("data:").strip()
        if text.startswith("{"):
            print(json.dumps(json.loads(text), indent=2, ensure_ascii=False))
`;
}

/** Writes a JSON value as Python; a string of JSON is one of Python too. */
function pythonLiteral(value: unknown, indent: string): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}    `;
  const members = Array.isArray(value)
    ? value.map((member) => `${inner}${pythonLiteral(member, inner)},\n`)
    : Object.entries(value).map(
        ([key, member]) => `${inner}${JSON.stringify(key)}: ${pythonLiteral(member, inner)},\n`,
      );
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return members.length === 0 ? `${open}${close}` : `${open}\n${members.join('')}${indent}${close}`;
}

/** Runs on a computer whose command line is signed in to this server (`catwalk login`). */
const catwalkCall = ({ databaseId }: CopyTarget, { name, args }: CapabilityRequest): string =>
  `catwalk call ${databaseId} ${shellQuote(name)} --input ${shellQuote(JSON.stringify(args))}`;
