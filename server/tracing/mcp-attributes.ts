import type { Attributes } from '@opentelemetry/api';

/** Attributes of an MCP message, as the semantic conventions for MCP name them (docs/gen-ai/mcp.md). */
export const mcpAttributes = (method: string, name: string | null): Attributes => ({
  'mcp.method.name': method,
  ...(name === null || name === '' ? {} : named(method, name)),
  ...(method === 'tools/call' ? { 'gen_ai.operation.name': 'execute_tool' } : {}),
});

const named = (method: string, name: string): Attributes => {
  if (method === 'tools/call') return { 'gen_ai.tool.name': name };
  if (method === 'prompts/get') return { 'gen_ai.prompt.name': name };
  return method.startsWith('resources/') ? { 'mcp.resource.uri': name } : {};
};

/** `{mcp.method.name} {target}`; addresses of resources are too many for a name. */
export const mcpSpanName = (method: string, name: string): string =>
  method === 'resources/read' || name === '' ? method : `${method} ${name}`;
