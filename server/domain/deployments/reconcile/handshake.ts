import { Client, ProtocolError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { HostTarget } from '#deploy/host-client.ts';
import type { Snapshot } from '../rows/deployment-data.ts';

/** How a machine's MCP server is reached: the very path that the endpoint forwards calls on. */
export type UpstreamFetch = (target: HostTarget) => (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Which of the two protocols a server is spoken to in. */
export type Era = 'legacy' | 'modern';

export interface Handshake {
  /** `initialize` and every page of `tools/list`, resources and prompts. Rejects with what the server answered. */
  snapshot(target: HostTarget, signal: AbortSignal): Promise<Snapshot>;
  /** A session with one `ping`; in the modern era, which has neither, `server/discover`. */
  ping(target: HostTarget, era: Era, signal: AbortSignal): Promise<void>;
}

/** Longer than the host's own limit, so that the host says what is wrong before we lose patience. */
const HANDSHAKE_TIMEOUT_MS = 75_000;
const PING_TIMEOUT_MS = 5_000;
/** What the goodbye may take, which nobody waits for to succeed. */
const GOODBYE_TIMEOUT_MS = 2_000;
const LIST_PAGES_MAX = 50;
const MODERN_VERSION = '2026-07-28';

/** Speaks to a deployed server as its clients will. */
export function createHandshake(upstreamFetch: UpstreamFetch, version: string): Handshake {
  const withClient = async <T>(
    target: HostTarget,
    { era, timeoutMs, signal }: { era: Era; timeoutMs: number; signal: AbortSignal },
    work: (client: Client, options: { signal: AbortSignal; timeout: number }) => Promise<T>,
  ): Promise<T> => {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const transport = new StreamableHTTPClientTransport(new URL('/mcp', target.origin), {
      fetch: limitedFetch(upstreamFetch(target), ({ method }) =>
        method === 'DELETE' ? AbortSignal.any([signal, AbortSignal.timeout(GOODBYE_TIMEOUT_MS)]) : limited,
      ),
    });
    const mode = era === 'modern' ? { pin: MODERN_VERSION } : 'legacy';
    const client = new Client({ name: 'catwalk', title: 'Catwalk', version }, { versionNegotiation: { mode } });
    const options = { signal: limited, timeout: timeoutMs };
    try {
      await client.connect(transport, options);
      return await work(client, options);
    } finally {
      await transport.terminateSession().catch(() => {}); // a session that is not ended here is reaped as idle
      await client.close();
    }
  };

  const snapshotOf = (target: HostTarget, era: Era, signal: AbortSignal): Promise<Snapshot> =>
    withClient(target, { era, timeoutMs: HANDSHAKE_TIMEOUT_MS, signal }, async (client, options) => {
      const capabilities = client.getServerCapabilities() ?? {};
      const info = client.getServerVersion();
      return {
        serverInfo: info ? { name: info.name, version: info.version } : null,
        protocolVersion: client.getNegotiatedProtocolVersion() ?? '',
        era,
        capabilities,
        instructions: client.getInstructions() ?? null,
        tools: capabilities.tools ? await listTools(client, options) : [],
        resources: capabilities.resources ? await listResources(client, options) : [],
        prompts: capabilities.prompts ? await listPrompts(client, options) : [],
      };
    });

  return {
    snapshot: async (target, signal) => {
      try {
        return await snapshotOf(target, 'legacy', signal);
      } catch (error) {
        if (!refusesInitialize(error)) throw error;
        // A server of the stateless era alone; when it is not that either, its first words say more.
        return await snapshotOf(target, 'modern', signal).catch(() => Promise.reject(error));
      }
    },
    ping: (target, era, signal) =>
      withClient(target, { era, timeoutMs: PING_TIMEOUT_MS, signal }, async (client, options) => {
        // Connecting was `server/discover`, which is as good.
        if (era === 'legacy') await client.ping(options);
      }),
  };
}

/**
 * The client's own limits end what it waits for, which is not all that it sends: a notification and a goodbye wait as
 * long as the machine lets them, and a machine may stand still at any moment.
 */
const limitedFetch =
  (send: ReturnType<UpstreamFetch>, limitOf: (init: RequestInit) => AbortSignal): typeof send =>
  (url, init = {}) => {
    const limit = limitOf(init);
    return send(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, limit]) : limit });
  };

/** Answers to `initialize` by which a server may say that it knows no such thing; the host's own are others. */
const REFUSALS: ReadonlySet<number> = new Set([-32600, -32601, -32602, -32022]);

const refusesInitialize = (error: unknown): boolean => error instanceof ProtocolError && REFUSALS.has(error.code);

type Options = { signal: AbortSignal; timeout: number };

/**
 * The lists are read leniently, by what is shown of them alone: servers in use send schemas that are not quite right
 * (an `inputSchema` without its `type`), and every client can use them all the same.
 */
const page = { nextCursor: z.string().nullish() };
const text = z.string().nullish().catch(null);
const toolsPage = z.looseObject({
  ...page,
  tools: z.array(
    z.looseObject({
      name: z.string(),
      title: text,
      description: text,
      inputSchema: z.unknown().optional(),
      outputSchema: z.unknown().optional(),
      annotations: z.unknown().optional(),
    }),
  ),
});
const promptsPage = z.looseObject({
  ...page,
  prompts: z.array(z.looseObject({ name: z.string(), description: text, arguments: z.unknown().optional() })),
});
const resourceShape = { name: text, description: text, mimeType: text };
const resourcesPage = z.looseObject({
  ...page,
  resources: z.array(z.looseObject({ uri: z.string(), ...resourceShape })),
});
const templatesPage = z.looseObject({
  ...page,
  resourceTemplates: z.array(z.looseObject({ uriTemplate: z.string(), ...resourceShape })),
});

/** Follows `nextCursor`; a server that never stops giving one is cut off. */
async function readPages<Page extends { nextCursor?: string | null | undefined }>(
  client: Client,
  method: string,
  schema: z.ZodType<Page>,
  options: Options,
): Promise<Page[]> {
  const read: Page[] = [];
  let cursor: string | null | undefined;
  do {
    const answer = await client.request({ method, params: cursor ? { cursor } : {} }, schema, options);
    read.push(answer);
    cursor = answer.nextCursor;
  } while (cursor && read.length < LIST_PAGES_MAX);
  return read;
}

async function listTools(client: Client, options: Options): Promise<Snapshot['tools']> {
  const pages = await readPages(client, 'tools/list', toolsPage, options);
  return pages.flatMap(({ tools }) =>
    tools.map((tool) => ({
      name: tool.name,
      title: tool.title ?? null,
      description: tool.description ?? null,
      inputSchema: tool.inputSchema ?? null,
      outputSchema: tool.outputSchema ?? null,
      annotations: tool.annotations ?? null,
    })),
  );
}

async function listPrompts(client: Client, options: Options): Promise<Snapshot['prompts']> {
  const pages = await readPages(client, 'prompts/list', promptsPage, options);
  return pages.flatMap(({ prompts }) =>
    prompts.map((prompt) => ({
      name: prompt.name,
      description: prompt.description ?? null,
      arguments: prompt.arguments ?? [],
    })),
  );
}

async function listResources(client: Client, options: Options): Promise<Snapshot['resources']> {
  const resources = await readPages(client, 'resources/list', resourcesPage, options);
  // Optional: many servers that have resources answer "method not found" here.
  const templates = await readPages(client, 'resources/templates/list', templatesPage, options).catch(() => []);
  const all = [
    ...resources.flatMap((one) => one.resources.map((entry) => ({ ...entry, template: false }))),
    ...templates.flatMap((one) =>
      one.resourceTemplates.map((entry) => ({ ...entry, uri: entry.uriTemplate, template: true })),
    ),
  ];
  return all.map((entry) => ({
    uri: entry.uri,
    name: entry.name ?? entry.uri,
    description: entry.description ?? null,
    mimeType: entry.mimeType ?? null,
    template: entry.template,
  }));
}
