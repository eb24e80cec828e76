import { createRequire } from 'node:module';
import {
  Client,
  StreamableHTTPClientTransport,
  type Transport,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as V1Transport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';

const MCP_REMOTE = createRequire(import.meta.url).resolve('mcp-remote/dist/proxy.js');
const LOG_LEVEL = 'io.modelcontextprotocol/logLevel';
const CAPABILITIES = { elicitation: {}, sampling: {}, roots: {} };

export type Endpoint = { url: string; token: string };
export type CallOptions = { signal?: AbortSignal; onprogress?: (progress: { progress: number }) => void };

/** A client that can be asked for everything. Its name is a part of every answer that it gives. */
export type AskedClient = {
  /** Calls a tool; resolves to the text of its answer. Log messages are requested from level `info`. */
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<string>;
  /** The questions that its person was asked. */
  readonly questions: string[];
  readonly logs: unknown[];
  close(): Promise<void>;
};

const textIn = (result: object): string => {
  const content: unknown = 'content' in result ? result.content : null;
  return Array.isArray(content) ? content.map((block: { text?: unknown }) => String(block.text)).join('\n') : '';
};

/** The answers of the person and the model behind a client. */
const createPerson = (name: string) => {
  const questions: string[] = [];
  const logs: unknown[] = [];
  return {
    questions,
    logs,
    elicit: ({ message }: { message: string }) => {
      questions.push(message);
      const content = { username: name, email: `${name}@example.com`, name, ok: true };
      return { action: 'accept' as const, content };
    },
    sample: () => ({
      role: 'assistant' as const,
      model: 'test',
      content: { type: 'text' as const, text: `a thought of ${name}` },
    }),
    roots: () => ({ roots: [{ uri: `file:///${name}`, name }] }),
  };
};

const openV2 = async (
  name: string,
  transport: Transport,
  options: { mode: VersionNegotiationMode; supportedProtocolVersions?: string[] },
): Promise<AskedClient> => {
  const { mode, ...versions } = options;
  const client = new Client(
    { name, version: '1.0.0' },
    { capabilities: CAPABILITIES, versionNegotiation: { mode }, ...versions },
  );
  const person = createPerson(name);
  client.setRequestHandler('elicitation/create', ({ params }) => person.elicit(params));
  client.setRequestHandler('sampling/createMessage', () => person.sample());
  client.setRequestHandler('roots/list', () => person.roots());
  client.setNotificationHandler('notifications/message', ({ params }) => {
    person.logs.push(params.data);
  });
  await client.connect(transport);
  const isModern = client.getProtocolEra() === 'modern';
  if (!isModern) await client.setLoggingLevel('info');
  const meta = isModern ? { _meta: { [LOG_LEVEL]: 'info' } } : {};
  return {
    call: async (tool, args = {}, more = {}) =>
      textIn(await client.callTool({ name: tool, arguments: args, ...meta }, more)),
    questions: person.questions,
    logs: person.logs,
    close: () => client.close(),
  };
};

const overHttp = ({ url, token }: Endpoint) =>
  new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${token}` } } });

const openV1 = async (name: string, { url, token }: Endpoint): Promise<AskedClient> => {
  const client = new V1Client({ name, version: '1.0.0' }, { capabilities: CAPABILITIES });
  const person = createPerson(name);
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => person.elicit(params));
  client.setRequestHandler(CreateMessageRequestSchema, () => person.sample());
  client.setRequestHandler(ListRootsRequestSchema, () => person.roots());
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
    person.logs.push(params.data);
  });
  const transport = new V1Transport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${token}` } } });
  // The SDK's own types disagree under exactOptionalPropertyTypes: sessionId may be undefined.
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  await client.setLoggingLevel('info');
  return {
    call: async (tool, args = {}, more = {}) =>
      textIn(await client.callTool({ name: tool, arguments: args }, undefined, more)),
    questions: person.questions,
    logs: person.logs,
    close: () => client.close(),
  };
};

/** A desktop client that reaches the endpoint through mcp-remote, which runs as its server. */
const overMcpRemote = ({ url, token }: Endpoint, configDir: string) =>
  new StdioClientTransport({
    command: process.execPath,
    args: [MCP_REMOTE, url, '--allow-http', '--header', `Authorization: Bearer ${token}`],
    env: { PATH: process.env['PATH'] ?? '', HOME: configDir, BROWSER: 'true', MCP_REMOTE_CONFIG_DIR: configDir },
    stderr: 'ignore',
  });

export type OpenClient = (name: string, endpoint: Endpoint, configDir: string) => Promise<AskedClient>;

/** Real clients of both eras, by the way they negotiate. */
export const CLIENTS: Record<string, OpenClient> = {
  'the official v2 client, legacy': (name, endpoint) => openV2(name, overHttp(endpoint), { mode: 'legacy' }),
  'the official v2 client, auto': (name, endpoint) => openV2(name, overHttp(endpoint), { mode: 'auto' }),
  'the official v2 client, 2026-07-28': (name, endpoint) =>
    openV2(name, overHttp(endpoint), { mode: { pin: '2026-07-28' } }),
  'the official v1 client': (name, endpoint) => openV1(name, endpoint),
  'a client that knows only 2025-06-18': (name, endpoint) =>
    openV2(name, overHttp(endpoint), { mode: 'legacy', supportedProtocolVersions: ['2025-06-18'] }),
  'mcp-remote': (name, endpoint, configDir) => openV2(name, overMcpRemote(endpoint, configDir), { mode: 'legacy' }),
};
