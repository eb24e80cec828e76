import {
  type CallToolResult,
  Client,
  type ElicitRequestParams,
  type ElicitResult,
  type GetPromptResult,
  ProtocolError,
  type ReadResourceResult,
  type RequestOptions,
  StreamableHTTPClientTransport,
  UriTemplate,
} from '@modelcontextprotocol/client';
import type { Asked, Listing } from './offers.ts';

export type WireMessage = { direction: 'sent' | 'received'; at: number; message: unknown };
export type Question = ElicitRequestParams;
export type Answer = ElicitResult;
export type { CallToolResult, GetPromptResult, ReadResourceResult };
export type Outcome =
  | { kind: 'tool'; result: CallToolResult }
  | { kind: 'prompt'; result: GetPromptResult }
  | { kind: 'resource'; result: ReadResourceResult };

export type CallOptions = {
  signal: AbortSignal;
  onProgress: (progress: { progress: number; total?: number | undefined; message?: string | undefined }) => void;
};

/** One MCP session through the public endpoint, as any client would have it. */
export type PlaygroundSession = {
  /** What the server lists to this client; some of it may depend on what a client can do. */
  list: () => Promise<Listing>;
  ask: (asked: Asked, options: CallOptions) => Promise<Outcome>;
  close: () => Promise<void>;
};

const CALL_TIMEOUT_MS = 300_000;
/** A user refused: what clients answer when nobody lets the server use their model. */
const REJECTED_BY_USER = -1;

/** The first version of the stateless era. A server of that era alone knows no `initialize`. */
const MODERN_VERSION = '2026-07-28';

type SessionOptions = {
  url: URL;
  token: string | null;
  /** What the server spoke at its handshake. */
  protocolVersion: string | null;
  onMessage: (message: WireMessage) => void;
  /** The server asks the user something while it works. */
  onQuestion: (question: Question, signal: AbortSignal) => Promise<Answer>;
};

export async function openSession(options: SessionOptions): Promise<PlaygroundSession> {
  const { url, token, protocolVersion, onMessage, onQuestion } = options;
  const isModern = protocolVersion !== null && protocolVersion >= MODERN_VERSION;
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: token === null ? {} : { headers: { Authorization: `Bearer ${token}` } },
  });
  const client = new Client(
    { name: 'catwalk-playground', version: '1.0.0' },
    {
      capabilities: { elicitation: { form: {}, url: {} }, sampling: {} },
      versionNegotiation: { mode: isModern ? { pin: protocolVersion } : 'legacy' },
    },
  );
  client.setRequestHandler('elicitation/create', ({ params }, { mcpReq }) => onQuestion(params, mcpReq.signal));
  client.setRequestHandler('sampling/createMessage', () => {
    throw new ProtocolError(
      REJECTED_BY_USER,
      'The playground has no model to ask. Call this tool from a client that has.',
    );
  });
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    onMessage({ direction: 'sent', at: Date.now(), message });
    return send(message, options);
  };
  await client.connect(transport);
  // The client sets its own listener when it connects; ours hears first and passes everything on.
  const deliver = transport.onmessage;
  transport.onmessage = (message) => {
    onMessage({ direction: 'received', at: Date.now(), message });
    deliver?.(message);
  };
  return {
    list: () => listAll(client),
    ask: (asked, { signal, onProgress }) =>
      request(client, asked, {
        signal,
        timeout: CALL_TIMEOUT_MS,
        resetTimeoutOnProgress: true,
        onprogress: onProgress,
      }),
    close: async () => {
      await transport.terminateSession().catch(() => undefined); // a server may refuse to end sessions
      await client.close();
    },
  };
}

async function listAll(client: Client): Promise<Listing> {
  const anew = { cacheMode: 'refresh' } as const;
  const [{ tools }, { prompts }, { resources }, { resourceTemplates }] = await Promise.all([
    client.listTools(undefined, anew),
    client.listPrompts(undefined, anew),
    client.listResources(undefined, anew),
    // Many servers that have resources answer "method not found" here.
    client.listResourceTemplates(undefined, anew).catch(() => ({ resourceTemplates: [] })),
  ]);
  return {
    tools,
    prompts,
    resources: [
      ...resources.map((one) => ({ ...one, template: false })),
      ...resourceTemplates.map((one) => ({ ...one, uri: one.uriTemplate, template: true })),
    ],
  };
}

async function request(
  client: Client,
  { kind, name, args, template }: Asked,
  options: RequestOptions,
): Promise<Outcome> {
  switch (kind) {
    case 'tool':
      return { kind, result: await client.callTool({ name, arguments: args }, options) };
    case 'prompt':
      return { kind, result: await client.getPrompt({ name, arguments: textsOf(args) }, options) };
    case 'resource': {
      const uri = template ? new UriTemplate(name).expand(textsOf(args)) : name;
      return { kind, result: await client.readResource({ uri }, { ...options, cacheMode: 'bypass' }) };
    }
  }
}

/** Arguments of prompts and variables of templates are texts, whatever somebody wrote as JSON. */
const textsOf = (args: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );

/** The server itself refused: its session goes on. */
export const isRefusal = (error: unknown): boolean => error instanceof ProtocolError;
