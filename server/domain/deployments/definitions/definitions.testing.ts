import type { ToolSummary } from '../rows/snapshot.ts';
import type { Definitions } from './definitions.ts';

export const searchTool: ToolSummary = {
  name: 'search_files',
  title: 'Search files',
  description: 'Searches the files of a folder for a pattern, and returns the names of the files that match.',
  inputSchema: {
    type: 'object',
    properties: {
      pattern: { type: 'string', description: 'The pattern to look for.', maxLength: 500 },
      mode: { enum: ['text', 'regex'], default: 'text' },
      limit: { type: 'integer', minimum: 1, maximum: 100 },
      roots: { type: 'array', items: { type: 'string' }, maxItems: 10 },
    },
    required: ['pattern'],
  },
  outputSchema: { type: 'object', properties: { names: { type: 'array', items: { type: 'string' } } } },
  annotations: { readOnlyHint: true },
};

export const deleteTool: ToolSummary = {
  name: 'remove_file',
  title: null,
  description: 'Removes one file.',
  inputSchema: {
    type: 'object',
    properties: { path: { type: 'string' } },
    required: ['path'],
    additionalProperties: true,
  },
  outputSchema: null,
  annotations: { destructiveHint: true },
};

export const noteTool: ToolSummary = {
  name: 'add_note',
  title: null,
  description: 'Adds a note. Needs an API key, which the owner enters in the settings.',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  outputSchema: null,
  annotations: { destructiveHint: false },
};

export const agreed: Definitions = {
  instructions: 'Search before you read. Paths are relative to the folder.',
  tools: [searchTool, deleteTool, noteTool],
  prompts: [
    {
      name: 'summarize',
      description: 'Summarizes a file.',
      arguments: [
        { name: 'path', description: 'The file.', required: true },
        { name: 'words', description: 'How long.', required: false },
      ],
    },
  ],
  resources: [
    { uri: 'file:///notes.txt', name: 'notes', description: 'The notes.', mimeType: 'text/plain', template: false },
  ],
};

type Schema = { properties: Record<string, object>; required: string[] };

/** The definitions with one tool changed. */
export const withTool = (tool: ToolSummary, over: Partial<ToolSummary>): Definitions => ({
  ...agreed,
  tools: agreed.tools.map((one) => (one.name === tool.name ? { ...one, ...over } : one)),
});

/** The definitions with the input schema of `search_files` changed. */
export const withInput = (change: (schema: Schema & Record<string, unknown>) => object): Definitions =>
  withTool(searchTool, {
    inputSchema: change(structuredClone(searchTool.inputSchema) as Schema & Record<string, unknown>),
  });

/** The same with one argument changed. */
export const withArgument = (name: string, over: object): Definitions =>
  withInput((schema) => ({
    ...schema,
    properties: { ...schema.properties, [name]: { ...schema.properties[name], ...over } },
  }));

export const withDescription = (description: string): Definitions => withTool(searchTool, { description });
