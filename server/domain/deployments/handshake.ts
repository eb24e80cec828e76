import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { z } from 'zod';
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
