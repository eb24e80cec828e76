import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type StandInServer = {
  name: string;
  title?: string;
  description?: string;
  version?: string;
  status?: 'active' | 'deprecated' | 'deleted';
  statusMessage?: string;
  /** ISO 8601. */
  publishedAt?: string;
  updatedAt?: string;
  /** Further members of its server.json. */
  more?: Record<string, unknown>;
};

/** A registry with the MCP registry's API on loopback, for tests. */
export type RegistryStandIn = {
  url: string;
  /** Newest version of each, in the order in which they are listed. */
  servers: StandInServer[];
  /** Paths with their queries, as they were asked for. */
  requests: string[];
  /** Answers every request instead, while it returns something. */
  refuse: ((path: string) => { status: number; headers?: Record<string, string> } | null) | null;
  close(): Promise<void>;
};

const DAY = '2026-05-01T00:00:00Z';

export const npmServer = (name: string, more: Partial<StandInServer> = {}): StandInServer => ({
  name,
  ...more,
  more: {
    repository: { url: `https://github.com/${name.replace('io.github.', '')}`, source: 'github' },
    packages: [{ registryType: 'npm', identifier: name.split('/')[1], version: '1.0.0', transport: { type: 'stdio' } }],
    ...more.more,
  },
});

const entryOf = (one: StandInServer) => ({
  server: {
    name: one.name,
    ...(one.title === undefined ? {} : { title: one.title }),
    description: one.description ?? 'A server.',
    version: one.version ?? '1.0.0',
    ...one.more,
  },
  _meta: {
    'io.modelcontextprotocol.registry/official': {
      status: one.status ?? 'active',
      ...(one.statusMessage === undefined ? {} : { statusMessage: one.statusMessage }),
      publishedAt: one.publishedAt ?? DAY,
      updatedAt: one.updatedAt ?? one.publishedAt ?? DAY,
      isLatest: true,
    },
  },
});

export async function startRegistryStandIn(servers: StandInServer[] = []): Promise<RegistryStandIn> {
  const list = (query: URLSearchParams) => {
    const since = query.get('updated_since');
    const matching = standIn.servers.filter(
      (one) =>
        (since !== null || one.status !== 'deleted') &&
        (since === null || (one.updatedAt ?? one.publishedAt ?? DAY) >= since) &&
        one.name.includes(query.get('search') ?? ''),
    );
    const start = Number(query.get('cursor') ?? 0);
    const end = start + Number(query.get('limit') ?? 30);
    return {
      servers: matching.slice(start, end).map(entryOf),
      metadata: { count: end - start, ...(end < matching.length ? { nextCursor: String(end) } : {}) },
    };
  };
  const bodyOf = (request: IncomingMessage): unknown => {
    const url = new URL(request.url ?? '', 'http://registry');
    if (url.pathname === '/v0.1/servers') return list(url.searchParams);
    const [, encoded, version] = /^\/v0\.1\/servers\/([^/]+)\/versions(\/latest)?$/.exec(url.pathname) ?? [];
    const found = standIn.servers.find((one) => one.name === decodeURIComponent(encoded ?? ''));
    if (!found) return null;
    return version ? entryOf(found) : { servers: [entryOf(found)], metadata: { count: 1 } };
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    standIn.requests.push(path);
    const refusal = standIn.refuse?.(path) ?? null;
    const body = refusal ? {} : bodyOf(request);
    response.writeHead(refusal?.status ?? (body === null ? 404 : 200), {
      'content-type': 'application/json',
      ...refusal?.headers,
    });
    response.end(JSON.stringify(body ?? { error: 'Server not found' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: RegistryStandIn = {
    // listening on a port, so the address is one
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    servers,
    requests: [],
    refuse: null,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
  return standIn;
}
