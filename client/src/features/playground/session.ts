import { type CallToolResult, Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

export type WireMessage = { direction: 'sent' | 'received'; at: number; message: unknown };

export type CallOptions = {
  signal: AbortSignal;
  onProgress: (progress: { progress: number; total?: number | undefined; message?: string | undefined }) => void;
};

/** One MCP session through the public endpoint, as any client would have it. */
export type PlaygroundSession = {
  call: (name: string, args: Record<string, unknown>, options: CallOptions) => Promise<CallToolResult>;
  close: () => Promise<void>;
};

const CALL_TIMEOUT_MS = 300_000;

type SessionOptions = {
  url: URL;
  token: string | null;
  onMessage: (message: WireMessage) => void;
};

export async function openSession({ url, token, onMessage }: SessionOptions): Promise<PlaygroundSession> {
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: token === null ? {} : { headers: { Authorization: `Bearer ${token}` } },
  });
  const client = new Client({ name: 'catwalk-playground', version: '1.0.0' });
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
