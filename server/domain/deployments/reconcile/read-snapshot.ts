import type { Client } from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { Snapshot } from '../rows/snapshot.ts';

const LIST_PAGES_MAX = 50;

export type RequestOptions = { signal: AbortSignal; timeout: number };

/** Reads what a connected server offers: every page of its tools, resources and prompts. */
export async function readSnapshot(client: Client, era: Snapshot['era'], options: RequestOptions): Promise<Snapshot> {
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

/** Follows `nextCursor`, up to LIST_PAGES_MAX pages. */
async function readPages<Page extends { nextCursor?: string | null | undefined }>(
  client: Client,
  method: string,
  schema: z.ZodType<Page>,
  options: RequestOptions,
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

async function listTools(client: Client, options: RequestOptions): Promise<Snapshot['tools']> {
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

async function listPrompts(client: Client, options: RequestOptions): Promise<Snapshot['prompts']> {
  const pages = await readPages(client, 'prompts/list', promptsPage, options);
  return pages.flatMap(({ prompts }) =>
    prompts.map((prompt) => ({
      name: prompt.name,
      description: prompt.description ?? null,
      arguments: prompt.arguments ?? [],
    })),
  );
}

async function listResources(client: Client, options: RequestOptions): Promise<Snapshot['resources']> {
  const resources = await readPages(client, 'resources/list', resourcesPage, options);
  // Optional: many servers with resources answer "method not found" here.
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
