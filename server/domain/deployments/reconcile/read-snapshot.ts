import type { Client } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { messageOf } from '../../message-of.ts';
import type { Snapshot } from '../rows/snapshot.ts';
import { naming } from './server-refusal.ts';

const LIST_PAGES_MAX = 50;
/** Lists that a server may offer beside its tools must not hold up its deployment. */
const OPTIONAL_LIST_MS = 10_000;

export type RequestOptions = { signal: AbortSignal; timeout: number };

/**
 * Reads what a connected server offers: every page of its tools, resources and prompts. The list of tools must work; the
 * other lists are left empty, with a note, if the server declares them and does not give them.
 */
export async function readSnapshot(client: Client, era: Snapshot['era'], options: RequestOptions): Promise<Snapshot> {
  const capabilities = client.getServerCapabilities() ?? {};
  const info = client.getServerVersion();
  const notes: string[] = [];
  const optional = async <T>(what: string, list: (options: RequestOptions, notes: string[]) => Promise<T[]>) => {
    try {
      return await list({ ...options, timeout: Math.min(options.timeout, OPTIONAL_LIST_MS) }, notes);
    } catch (error) {
      options.signal.throwIfAborted();
      const reason = messageOf(error);
      notes.push(`The server declares ${what} and does not list them: ${reason}`);
      return [];
    }
  };
  return {
    serverInfo: info ? { name: info.name, version: info.version } : null,
    ...(info?.icons ? { icons: info.icons } : {}),
    protocolVersion: client.getNegotiatedProtocolVersion() ?? '',
    era,
    capabilities,
    instructions: client.getInstructions() ?? null,
    tools: capabilities.tools ? await naming('tools/list', () => listTools(client, options, notes)) : [],
    resources: capabilities.resources ? await optional('resources', (...given) => listResources(client, ...given)) : [],
    prompts: capabilities.prompts ? await optional('prompts', (...given) => listPrompts(client, ...given)) : [],
    notes,
  };
}

/**
 * Reads the lists leniently, only the parts that are shown: servers in use send schemas that are not quite valid (an
 * `inputSchema` without its `type`), and every client can use them anyway.
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

/** Follows `nextCursor`, up to LIST_PAGES_MAX pages and until a cursor comes back. A list that is cut gets a note. */
async function readPages<Page extends { nextCursor?: string | null | undefined }>(
  client: Client,
  method: string,
  schema: z.ZodType<Page>,
  options: RequestOptions,
  notes: string[],
): Promise<Page[]> {
  const read: Page[] = [];
  const cursors = new Set<string>();
  let cursor: string | null | undefined;
  for (;;) {
    const answer = await client.request({ method, params: cursor ? { cursor } : {} }, schema, options);
    read.push(answer);
    cursor = answer.nextCursor;
    if (!cursor) return read;
    if (cursors.has(cursor) || read.length >= LIST_PAGES_MAX) break;
    cursors.add(cursor);
  }
  const why = cursors.has(cursor) ? 'the server repeats a page' : 'the server has more';
  notes.push(`${method} was read up to page ${read.length}: ${why}.`);
  return read;
}

async function listTools(client: Client, options: RequestOptions, notes: string[]): Promise<Snapshot['tools']> {
  const pages = await readPages(client, 'tools/list', toolsPage, options, notes);
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

async function listPrompts(client: Client, options: RequestOptions, notes: string[]): Promise<Snapshot['prompts']> {
  const pages = await readPages(client, 'prompts/list', promptsPage, options, notes);
  return pages.flatMap(({ prompts }) =>
    prompts.map((prompt) => ({
      name: prompt.name,
      description: prompt.description ?? null,
      arguments: prompt.arguments ?? [],
    })),
  );
}

async function listResources(client: Client, options: RequestOptions, notes: string[]): Promise<Snapshot['resources']> {
  const resources = await readPages(client, 'resources/list', resourcesPage, options, notes);
  // Optional: many servers with resources answer "method not found" here.
  const templates = await readPages(client, 'resources/templates/list', templatesPage, options, notes).catch(() => []);
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
