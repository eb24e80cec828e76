import type { Target } from './endpoint.ts';
import { bearerOf, type ClientGuide } from './guide.ts';

type Library = {
  key: string;
  label: string;
  packages: string;
  source: string;
  code: (target: Target) => string[];
};

/** The day on which `npm run interop` last ran these programs as they stand here. */
const CHECKED = '2026-12-01';

/** Programs without a browser send a token, under OAuth too. */
const headersOf = (target: Target): string | null => {
  const bearer = bearerOf(target);
  return bearer === null ? null : `{ Authorization: ${quote(bearer)} }`;
};

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const option = (name: string, value: string | null): string => (value === null ? '' : `, ${name}: ${value}`);
const requestInit = (target: Target): string | null => {
  const headers = headersOf(target);
  return headers === null ? null : `{ headers: ${headers} }`;
};
const transportOptions = (target: Target): string => {
  const init = requestInit(target);
  return init === null ? '' : `, {\n  requestInit: ${init},\n}`;
};

/** Each prints the names of the tools, so that a person sees that it works. */
const LIBRARIES: readonly Library[] = [
  {
    key: 'typescript',
    label: 'TypeScript SDK',
    packages: '@modelcontextprotocol/client',
    source: 'https://www.npmjs.com/package/@modelcontextprotocol/client',
    code: (target) => [
      `import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';`,
      '',
      `const client = new Client({ name: 'my-client', version: '1.0.0' });`,
      `const transport = new StreamableHTTPClientTransport(new URL(${quote(target.url)})${transportOptions(target)});`,
      'await client.connect(transport);',
      'console.log((await client.listTools()).tools.map(({ name }) => name));',
      'await client.close();',
    ],
  },
  {
    key: 'typescript-v1',
    label: 'TypeScript SDK 1',
    packages: '@modelcontextprotocol/sdk',
    source: 'https://www.npmjs.com/package/@modelcontextprotocol/sdk',
    code: (target) => [
      `import { Client } from '@modelcontextprotocol/sdk/client/index.js';`,
      `import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';`,
      '',
      `const client = new Client({ name: 'my-client', version: '1.0.0' });`,
      `const transport = new StreamableHTTPClientTransport(new URL(${quote(target.url)})${transportOptions(target)});`,
      'await client.connect(transport);',
      'console.log((await client.listTools()).tools.map(({ name }) => name));',
      'await transport.terminateSession();',
      'await client.close();',
    ],
  },
  {
    key: 'ai-sdk',
    label: 'AI SDK',
    packages: '@ai-sdk/mcp',
    source: 'https://ai-sdk.dev/docs/ai-sdk-core/mcp-tools',
    code: (target) => [
      `import { createMCPClient } from '@ai-sdk/mcp';`,
      '',
      'const client = await createMCPClient({',
      `  transport: { type: 'http', url: ${quote(target.url)}${option('headers', headersOf(target))} },`,
      '});',
      'console.log(Object.keys(await client.tools()));',
      'await client.close();',
    ],
  },
  {
    key: 'langchain',
    label: 'LangChain',
    packages: '@langchain/mcp-adapters @langchain/core',
    source: 'https://docs.langchain.com/oss/javascript/langchain/mcp',
    code: (target) => [
      `import { MultiServerMCPClient } from '@langchain/mcp-adapters';`,
      '',
      'const client = new MultiServerMCPClient({',
      '  mcpServers: {',
      `    ${quote(target.slug)}: { transport: 'http', url: ${quote(target.url)}${option('headers', headersOf(target))} },`,
      '  },',
      '});',
      'console.log((await client.getTools()).map(({ name }) => name));',
      'await client.close();',
    ],
  },
  {
    key: 'openai-agents',
    label: 'OpenAI Agents',
    packages: '@openai/agents',
    source: 'https://openai.github.io/openai-agents-js/guides/mcp',
    code: (target) => [
      `import { MCPServerStreamableHttp } from '@openai/agents';`,
      '',
      'const server = new MCPServerStreamableHttp({',
      `  name: ${quote(target.slug)}, url: ${quote(target.url)}${option('requestInit', requestInit(target))},`,
      '});',
      'await server.connect();',
      'console.log((await server.listTools()).map(({ name }) => name));',
      'await server.close();',
    ],
  },
  {
    key: 'mastra',
    label: 'Mastra',
    packages: '@mastra/mcp',
    source: 'https://mastra.ai/docs/tools-mcp/mcp-overview',
    code: (target) => [
      `import { MCPClient } from '@mastra/mcp';`,
      '',
      'const client = new MCPClient({',
      '  servers: {',
      `    ${quote(target.slug)}: {`,
      `      url: new URL(${quote(target.url)})${option('requestInit', requestInit(target))},`,
      '      connectTimeout: 60_000, // after 3 s it leaves out a server that has to wake',
      '    },',
      '  },',
      '});',
      'console.log(Object.keys(await client.listTools()));',
      'await client.disconnect();',
    ],
  },
];

const guideOf = ({ key, label, packages, source, code }: Library, target: Target): ClientGuide => ({
  key,
  label,
  kind: 'library',
  source: { url: source, checked: CHECKED },
  steps: `Run npm install ${packages}, then this as a module (.mjs).${target.access === 'OAUTH' ? ' A script sends a token; an app with a person passes an OAuth provider in its place.' : ''}`,
  snippets: [{ label: 'TypeScript', language: 'ts', code: code(target).join('\n') }],
});

export const libraries = (target: Target): ClientGuide[] => LIBRARIES.map((library) => guideOf(library, target));
