import {
  type CallToolResult,
  Client,
  type ElicitRequestParams,
  type ElicitResult,
  ProtocolError,
  StreamableHTTPClientTransport,
  type Tool,
} from '@modelcontextprotocol/client';

export type WireMessage = { direction: 'sent' | 'received'; at: number; message: unknown };
export type Question = ElicitRequestParams;
export type Answer = ElicitResult;
export type { CallToolResult, Tool };

export type CallOptions = {
  signal: AbortSignal;
  onProgress: (progress: { progress: number; total?: number | undefined; message?: string | undefined }) => void;
};

/** One MCP session through the public endpoint, as any client would have it. */
export type PlaygroundSession = {
  /** The tools as the server lists them to this client; some depend on what a client can do. */
  tools: () => Promise<Tool[]>;
  call: (name: string, args: Record<string, unknown>, options: CallOptions) => Promise<CallToolResult>;
  close: () => Promise<void>;
};

const CALL_TIMEOUT_MS = 300_000;
/** A user refused: what clients answer when nobody lets the server use their model. */
const REJECTED_BY_USER = -1;

type SessionOptions = {
  url: URL;
  token: string | null;
  onMessage: (message: WireMessage) => void;
  /** The server asks the user something while it works. */
  onQuestion: (question: Question, signal: AbortSignal) => Promise<Answer>;
};

export async function openSession({ url, token, onMessage, onQuestion }: SessionOptions): Promise<PlaygroundSession> {
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: token === null ? {} : { headers: { Authorization: `Bearer ${token}` } },
  });
  const client = new Client(
    { name: 'catwalk-playground', version: '1.0.0' },
    { capabilities: { elicitation: { form: {}, url: {} }, sampling: {} } },
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
    tools: async () => (await client.listTools()).tools,
    call: (name, args, { signal, onProgress }) =>
      client.callTool(
        { name, arguments: args },
        { signal, timeout: CALL_TIMEOUT_MS, resetTimeoutOnProgress: true, onprogress: onProgress },
      ),
    close: async () => {
      await transport.terminateSession().catch(() => undefined); // a server may refuse to end sessions
      await client.close();
    },
  };
}

/** The server itself refused: its session goes on. */
export const isRefusal = (error: unknown): boolean => error instanceof ProtocolError;
