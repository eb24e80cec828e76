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
import type { CapabilityListing, CapabilityRequest } from './capabilities.ts';

export type WireMessage = { direction: 'sent' | 'received'; at: number; message: unknown };
export type Elicitation = ElicitRequestParams;
export type ElicitationResponse = ElicitResult;
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
  /** Lists what the server offers to this client, which may depend on the client's capabilities. */
  list: () => Promise<CapabilityListing>;
  send: (request: CapabilityRequest, options: CallOptions) => Promise<Outcome>;
  /** Tells whether the server itself returned the error: then the session goes on. */
  isServerError: (error: unknown) => boolean;
  close: () => Promise<void>;
};

const CALL_TIMEOUT_MS = 300_000;
/** The error code of a client whose user does not let the server use a language model. */
const REJECTED_BY_USER = -1;

/** The first version of the stateless era. A server of only that era has no `initialize`. */
const MODERN_VERSION = '2026-07-28';

type SessionOptions = {
  url: URL;
  token: string | null;
  /** The version that the handshake negotiated. */
  protocolVersion: string | null;
  onMessage: (message: WireMessage) => void;
  /** Called when the server asks the user for input during a call. */
  onElicitation: (elicitation: Elicitation, signal: AbortSignal) => Promise<ElicitationResponse>;
};

export async function openSession(options: SessionOptions): Promise<PlaygroundSession> {
  const { url, token, protocolVersion, onMessage, onElicitation } = options;
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
  client.setRequestHandler('elicitation/create', ({ params }, { mcpReq }) => onElicitation(params, mcpReq.signal));
  client.setRequestHandler('sampling/createMessage', () => {
    throw new ProtocolError(
      REJECTED_BY_USER,
      'The playground has no language model. Call this tool from a client that has one.',
    );
  });
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    onMessage({ direction: 'sent', at: Date.now(), message });
    return send(message, options);
  };
  await client.connect(transport);
  // The client sets its own listener when it connects. This one receives every message first and passes it on.
  const deliver = transport.onmessage;
  transport.onmessage = (message) => {
    onMessage({ direction: 'received', at: Date.now(), message });
    deliver?.(message);
  };
  return {
    list: () => listAll(client),
    send: (capabilityRequest, { signal, onProgress }) =>
      request(client, capabilityRequest, {
        signal,
        timeout: CALL_TIMEOUT_MS,
        resetTimeoutOnProgress: true,
        onprogress: onProgress,
      }),
    isServerError: (error) => error instanceof ProtocolError,
    close: async () => {
      await transport.terminateSession().catch(() => undefined); // a server may refuse to end sessions
      await client.close();
    },
  };
}

async function listAll(client: Client): Promise<CapabilityListing> {
  const uncached = { cacheMode: 'refresh' } as const;
  const [{ tools }, { prompts }, { resources }, { resourceTemplates }] = await Promise.all([
    client.listTools(undefined, uncached),
    client.listPrompts(undefined, uncached),
    client.listResources(undefined, uncached),
    // Many servers with resources return "method not found" here.
    client.listResourceTemplates(undefined, uncached).catch(() => ({ resourceTemplates: [] })),
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
  { kind, name, args, template }: CapabilityRequest,
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

/** Arguments of prompts and variables of templates are texts, although the JSON editor accepts other types. */
const textsOf = (args: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
