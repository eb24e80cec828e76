import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { HostTarget } from '#deploy/host-client.ts';
import type { Snapshot } from './model.ts';

/** How a machine's MCP server is reached: the very path that the endpoint forwards calls on. */
export type UpstreamFetch = (target: HostTarget) => (url: string | URL, init?: RequestInit) => Promise<Response>;

export interface Handshake {
  /** `initialize` and every page of `tools/list`, resources and prompts. Rejects with what the server answered. */
  snapshot(target: HostTarget, signal: AbortSignal): Promise<Snapshot>;
  /** A session with one `ping`. */
  ping(target: HostTarget, signal: AbortSignal): Promise<void>;
}

/** Longer than the host's own limit, so that the host says what is wrong before we lose patience. */
const HANDSHAKE_TIMEOUT_MS = 75_000;
const PING_TIMEOUT_MS = 5_000;
const LIST_PAGES_MAX = 50;

/** Speaks to a deployed server as its clients will. */
export function createHandshake(upstreamFetch: UpstreamFetch, version: string): Handshake {
  const withClient = async <T>(
    target: HostTarget,
    timeoutMs: number,
    signal: AbortSignal,
    work: (client: Client, options: { signal: AbortSignal; timeout: number }) => Promise<T>,
  ): Promise<T> => {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const transport = new StreamableHTTPClientTransport(new URL('/mcp', target.origin), {
      fetch: upstreamFetch(target),
    });
    const client = new Client({ name: 'catwalk', title: 'Catwalk', version });
    const options = { signal: limited, timeout: timeoutMs };
    try {
      await client.connect(transport, options);
      return await work(client, options);
    } finally {
      await transport.terminateSession().catch(() => {}); // a session that is not ended here is reaped as idle
      await client.close();
    }
  };

  return {
    snapshot: (target, signal) =>
      withClient(target, HANDSHAKE_TIMEOUT_MS, signal, async (client, options) => {
        const capabilities = client.getServerCapabilities() ?? {};
        const info = client.getServerVersion();
        return {
          serverInfo: info ? { name: info.name, version: info.version } : null,
          protocolVersion: client.getNegotiatedProtocolVersion() ?? '',
          era: 'legacy',
          capabilities,
          instructions: client.getInstructions() ?? null,
          tools: capabilities.tools ? await listTools(client, options) : [],
          resources: capabilities.resources ? await listResources(client, options) : [],
          prompts: capabilities.prompts ? await listPrompts(client, options) : [],
        };
      }),
    ping: (target, signal) =>
      withClient(target, PING_TIMEOUT_MS, signal, async (client, options) => {
        await client.ping(options);
      }),
  };
}

type Options = { signal: AbortSignal; timeout: number };

/** Follows `nextCursor`; a server that never stops giving one is cut off. */
async function pages<Page extends { nextCursor?: string | undefined }, Item>(
  fetchPage: (params: { cursor?: string }) => Promise<Page>,
  itemsOf: (page: Page) => Item[],
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (let count = 0; count < LIST_PAGES_MAX; count += 1) {
    const page = await fetchPage(cursor === undefined ? {} : { cursor });
    items.push(...itemsOf(page));
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  return items;
}

const listTools = (client: Client, options: Options): Promise<Snapshot['tools']> =>
  pages(
    (params) => client.listTools(params, options),
    (page) =>
      page.tools.map((tool) => ({
        name: tool.name,
        title: tool.title ?? null,
        description: tool.description ?? null,
        inputSchema: tool.inputSchema,
        outputSchema: tool.outputSchema ?? null,
        annotations: tool.annotations ?? null,
      })),
  );

const listPrompts = (client: Client, options: Options): Promise<Snapshot['prompts']> =>
  pages(
    (params) => client.listPrompts(params, options),
    (page) =>
      page.prompts.map((prompt) => ({
        name: prompt.name,
        description: prompt.description ?? null,
        arguments: prompt.arguments ?? [],
      })),
  );

async function listResources(client: Client, options: Options): Promise<Snapshot['resources']> {
  const resources = await pages(
    (params) => client.listResources(params, options),
    (page) => page.resources.map((resource) => ({ ...resource, template: false })),
  );
  const templates = await pages(
    (params) => client.listResourceTemplates(params, options),
    (page) => page.resourceTemplates.map((entry) => ({ ...entry, uri: entry.uriTemplate, template: true })),
  ).catch(() => []); // optional: many servers that have resources answer "method not found" here
  return [...resources, ...templates].map((resource) => ({
    uri: resource.uri,
    name: resource.name,
    description: resource.description ?? null,
    mimeType: resource.mimeType ?? null,
    template: resource.template,
  }));
}
