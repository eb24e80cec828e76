import type { PromptSummary, ResourceSummary, ToolSummary } from '#server/domain/deployments/rows/snapshot.ts';
import { builder } from './builder.ts';

/** An analysis knows names and descriptions alone; a handshake knows the rest. */
type AnyToolSummary = Pick<ToolSummary, 'name' | 'description'> & Partial<ToolSummary>;

export const ToolSummaryType = builder.objectRef<AnyToolSummary>('ToolSummary').implement({
  description: 'A tool that a server offers.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What `tools/call` names.' }),
    title: t.string({ nullable: true, description: 'For people to read.', resolve: (tool) => tool.title ?? null }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Description that the server gives the tool.',
    }),
    inputSchema: t.field({
      type: 'JSON',
      nullable: true,
      description: 'JSON Schema of its arguments; null before a handshake.',
      resolve: (tool) => tool.inputSchema ?? null,
    }),
    outputSchema: t.field({
      type: 'JSON',
      nullable: true,
      description: 'JSON Schema of its structured result, where it declares one.',
      resolve: (tool) => tool.outputSchema ?? null,
    }),
    annotations: t.field({
      type: 'JSON',
      nullable: true,
      description: "The server's own hints, such as readOnlyHint. Not to be trusted.",
      resolve: (tool) => tool.annotations ?? null,
    }),
  }),
});

export const ResourceSummaryType = builder.objectRef<ResourceSummary>('ResourceSummary').implement({
  description: 'A resource that a server offers.',
  fields: (t) => ({
    uri: t.exposeString('uri', { description: 'URI of the resource, or its URI template.' }),
    name: t.exposeString('name', { description: 'Name of the resource.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Description that the server gives the resource.',
    }),
    mimeType: t.exposeString('mimeType', {
      nullable: true,
      description: 'Media type of the resource, or null if the server declares none.',
    }),
    template: t.exposeBoolean('template', { description: 'True if `uri` is a template.' }),
  }),
});

export const PromptSummaryType = builder.objectRef<PromptSummary>('PromptSummary').implement({
  description: 'A prompt that a server offers.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What `prompts/get` names.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Description that the server gives the prompt.',
    }),
    arguments: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Arguments of the prompt.',
      resolve: (prompt) => prompt.arguments ?? null,
    }),
  }),
});
