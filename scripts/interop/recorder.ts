import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** One request of a client to the endpoint or to the authorization server, as it passed. */
export type Seen = {
  method: string;
  path: string;
  token: string | null;
  sessionId: string | null;
  /** The header `MCP-Protocol-Version`. */
  revisionHeader: string | null;
  /** Methods of JSON-RPC in the body. */
  calls: string[];
  /** The revision that the body asks for. */
  asked: string | null;
  status: number | null;
  /** True for an answer to a GET that is a stream of events. */
  isStream: boolean;
};

const BODY_BYTES_MAX = 4_194_304;
const META_VERSION = 'io.modelcontextprotocol/protocolVersion';

const header = (value: string | string[] | undefined): string | null =>
  Array.isArray(value) ? (value[0] ?? null) : (value ?? null);

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

function readBody(body: Buffer): Pick<Seen, 'calls' | 'asked'> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    const messages = (Array.isArray(parsed) ? parsed : [parsed]).map(asRecord);
    const params = asRecord(messages[0]?.['params']);
    const asked = params['protocolVersion'] ?? asRecord(params['_meta'])[META_VERSION];
    return {
      calls: messages.flatMap(({ method }) => (typeof method === 'string' ? [method] : [])),
      asked: typeof asked === 'string' ? asked : null,
    };
  } catch {
    return { calls: [], asked: null }; // a form of OAuth, or no body
  }
}

/**
 * Stands between clients and Catwalk on this computer, passes every byte, and notes what clients send. It is the public
 * address of Catwalk, so that addresses in metadata and snippets lead through it.
 */
export async function startRecorder() {
  const seen: Seen[] = [];
  const arrivals = new EventEmitter();
  arrivals.setMaxListeners(0); // every client may be waited for at the same time
  let upstreamPort = 0;

  const relay = (req: IncomingMessage, res: ServerResponse): void => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > BODY_BYTES_MAX) req.destroy();
      else chunks.push(chunk);
    });
    req.on('end', () => {
      const body = Buffer.concat(chunks);
      const { method = 'GET', url = '/', headers } = req;
      const entry: Seen = {
        method,
        path: url.split('?')[0] ?? url,
        token: header(headers.authorization)?.replace(/^Bearer /, '') ?? null,
        sessionId: header(headers['mcp-session-id']),
        revisionHeader: header(headers['mcp-protocol-version']),
        ...readBody(body),
        status: null,
        isStream: false,
      };
      seen.push(entry);
      arrivals.emit('request');
      const onward = request({ host: '127.0.0.1', port: upstreamPort, method, path: url, headers }, (answer) => {
        entry.status = answer.statusCode ?? null;
        entry.isStream = method === 'GET' && /event-stream/.test(answer.headers['content-type'] ?? '');
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        res.flushHeaders();
        answer.pipe(res);
      });
      onward.on('error', () => res.destroy());
      res.on('close', () => onward.destroy());
      onward.end(body);
    });
    req.on('error', () => {}); // the client left before it was heard
  };

  const server = createServer(relay);
  server.on('upgrade', (req, socket, head) => {
    const lines = [`${req.method} ${req.url} HTTP/1.1`];
    for (let at = 0; at < req.rawHeaders.length; at += 2)
      lines.push(`${req.rawHeaders[at]}: ${req.rawHeaders[at + 1]}`);
    const onward = connect(upstreamPort, '127.0.0.1', () => {
      onward.write(`${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [onward, socket])
      end.on('error', () => [onward, socket].forEach((other) => void other.destroy()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    origin: `http://127.0.0.1:${port}`,
    /** Names the port of Catwalk on this computer. */
    leadTo: (port: number) => {
      upstreamPort = port;
    },
    /** The number of requests so far: a place from which to read on. */
    mark: (): number => seen.length,
    since: (mark: number): Seen[] => seen.slice(mark),
    /** Resolves to true as soon as a request after the mark fits, and to false if none does within the limit. */
    async sees(mark: number, fits: (entry: Seen) => boolean, limitMs: number): Promise<boolean> {
      const limit = AbortSignal.timeout(limitMs);
      while (!seen.slice(mark).some(fits)) {
        const arrived = await once(arrivals, 'request', { signal: limit }).catch(() => null);
        if (arrived === null) return seen.slice(mark).some(fits);
      }
      return true;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Recorder = Awaited<ReturnType<typeof startRecorder>>;
