import {
  type CallToolResult,
  Client,
  type CreateMessageRequest,
  type CreateMessageResult,
  type ElicitRequestParams,
  type ElicitResult,
  type GetPromptResult,
  type LoggingLevel,
  ProtocolError,
  type ReadResourceResult,
  type RequestOptions,
  SdkHttpError,
  StreamableHTTPClientTransport,
  UriTemplate,
} from '@modelcontextprotocol/client';
import { APP_MIME_TYPE, APPS_EXTENSION } from './apps/app-resource.ts';
import type { CapabilityListing, CapabilityRequest } from './capabilities.ts';

export type WireMessage = { direction: 'sent' | 'received'; at: number; message: unknown };
export type Elicitation = ElicitRequestParams;
export type ElicitationResponse = ElicitResult;
export type SamplingRequest = CreateMessageRequest['params'];
/** Null when the user declines. */
export type SamplingResponse = CreateMessageResult | null;
export type { CallToolResult, GetPromptResult, LoggingLevel, ReadResourceResult };
export type Outcome =
  | { kind: 'tool'; result: CallToolResult }
  | { kind: 'prompt'; result: GetPromptResult }
  | { kind: 'resource'; result: ReadResourceResult };

export type CallOptions = {
  signal: AbortSignal;
  onProgress: (progress: { progress: number; total?: number | undefined; message?: string | undefined }) => void;
};

/** An argument of a prompt, or a variable of a resource template, that the server completes. */
export type CompletionRequest = {
  kind: 'prompt' | 'resource';
  /** The name of the prompt, or the URI template. */
  of: string;
  argument: string;
  /** The text typed so far. */
  value: string;
  /** The other arguments as far as they are filled in. */
  others: Record<string, string>;
};

/** One MCP session through the public endpoint, as any client would have it. */
export type PlaygroundSession = {
  offers: { completions: boolean; logging: boolean };
  /** Lists what the server offers to this client, which may depend on the client's capabilities. */
  list: () => Promise<CapabilityListing>;
  send: (request: CapabilityRequest, options: CallOptions) => Promise<Outcome>;
  /** Returns values that the server suggests; none from a server without completions. */
  complete: (request: CompletionRequest, signal: AbortSignal) => Promise<string[]>;
  /** Sets the lowest level of log messages that the server sends. */
  setLogLevel: (level: LoggingLevel) => Promise<void>;
  /** Notifies the server that the user changed the roots. */
  announceRoots: () => Promise<void>;
  /** Tells whether the server itself returned the error: then the session goes on. */
  isServerError: (error: unknown) => boolean;
  /** Tells whether the session was unknown to the server, which then began nothing (404, Streamable HTTP). */
  isGone: (error: unknown) => boolean;
  close: () => Promise<void>;
};

const CALL_TIMEOUT_MS = 300_000;
const COMPLETION_TIMEOUT_MS = 5_000;
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
  /** Called when the server asks for a message of a language model. */
  onSampling: (request: SamplingRequest, signal: AbortSignal) => Promise<SamplingResponse>;
  /** The roots that the user set, as URIs. */
  roots: () => readonly string[];
};

export async function openSession(options: SessionOptions): Promise<PlaygroundSession> {
  const { url, token, protocolVersion, onMessage, onElicitation, onSampling, roots } = options;
  const isModern = protocolVersion !== null && protocolVersion >= MODERN_VERSION;
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: token === null ? {} : { headers: { Authorization: `Bearer ${token}` } },
  });
  const client = new Client(
    { name: 'catwalk-playground', version: '1.0.0' },
    {
      capabilities: {
        elicitation: { form: {}, url: {} },
        sampling: {},
        roots: { listChanged: true },
        extensions: { [APPS_EXTENSION]: { mimeTypes: [APP_MIME_TYPE] } },
      },
      versionNegotiation: { mode: isModern ? { pin: protocolVersion } : 'legacy' },
    },
  );
  client.setRequestHandler('elicitation/create', ({ params }, { mcpReq }) => onElicitation(params, mcpReq.signal));
  client.setRequestHandler('sampling/createMessage', async ({ params }, { mcpReq }) => {
    const response = await onSampling(params, mcpReq.signal);
    if (response) return response;
    throw new ProtocolError(REJECTED_BY_USER, 'The user declined the request for a message.');
  });
  client.setRequestHandler('roots/list', () => ({ roots: roots().map((uri) => ({ uri })) }));
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
  const capabilities = client.getServerCapabilities();
  const offers = { completions: capabilities?.completions !== undefined, logging: capabilities?.logging !== undefined };
  return {
    offers,
    list: () => listAll(client),
    send: (capabilityRequest, { signal, onProgress }) =>
      request(client, capabilityRequest, {
        signal,
        timeout: CALL_TIMEOUT_MS,
        resetTimeoutOnProgress: true,
        onprogress: onProgress,
      }),
    complete: async (completion, signal) => (offers.completions ? completionsOf(client, completion, signal) : []),
    setLogLevel: async (level) => {
      if (offers.logging && !isModern) await client.setLoggingLevel(level);
    },
    announceRoots: async () => {
      if (!isModern) await client.sendRootsListChanged();
    },
    isServerError: (error) => error instanceof ProtocolError,
    isGone: (error) => transport.sessionId !== undefined && error instanceof SdkHttpError && error.status === 404,
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
      // `callTool` would throw away a result that violates the tool's output schema, which the user wants to see.
      return {
        kind,
        result: await client.request({ method: 'tools/call', params: { name, arguments: args } }, options),
      };
    case 'prompt':
      return { kind, result: await client.getPrompt({ name, arguments: textsOf(args) }, options) };
    case 'resource': {
      const uri = template ? expandTemplate(name, args) : name;
      return { kind, result: await client.readResource({ uri }, { ...options, cacheMode: 'bypass' }) };
    }
  }
}

async function completionsOf(
  client: Client,
  { kind, of, argument, value, others }: CompletionRequest,
  signal: AbortSignal,
): Promise<string[]> {
  const ref =
    kind === 'prompt' ? ({ type: 'ref/prompt', name: of } as const) : ({ type: 'ref/resource', uri: of } as const);
  const params = { ref, argument: { name: argument, value }, context: { arguments: others } };
  const { completion } = await client.complete(params, { signal, timeout: COMPLETION_TIMEOUT_MS });
  return completion.values;
}

/** Expands a URI template (RFC 6570). */
export const expandTemplate = (template: string, args: Record<string, unknown>): string =>
  new UriTemplate(template).expand(textsOf(args));

/** Arguments of prompts and variables of templates are texts, although the JSON editor accepts other types. */
const textsOf = (args: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
