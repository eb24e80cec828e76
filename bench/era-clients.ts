/**
 * Lets an official client of each of the five revisions of MCP use popular npm servers through the host: initialize or
 * discover, list the tools, make one harmless call. Needs the npm registry. `node bench/era-clients.ts [package…]`
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, ProtocolError, StreamableHTTPClientTransport, type Tool } from '@modelcontextprotocol/client';
import { startHost } from '#deploy/host/cli.ts';
import { messageOf } from '#deploy/host/failure.ts';
import { recordFigure } from './figures.ts';

const MODERN = '2026-07-28';
const LEGACY = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];
const REVISIONS = [MODERN, ...LEGACY];
const INSTALL_MS_MAX = 300_000;
const CLIENT_MS_MAX = 60_000;
/** The host's own code for a call that it could not make. */
const HOST_ERROR = -32000;

/** Servers with what they need to start; the values are not real. */
const SERVERS: { name: string; args?: string[]; env?: Record<string, string> }[] = [
  { name: '@modelcontextprotocol/server-everything' },
  { name: '@modelcontextprotocol/server-filesystem', args: ['/tmp'] },
  { name: '@modelcontextprotocol/server-memory' },
  { name: '@modelcontextprotocol/server-sequential-thinking' },
  { name: '@modelcontextprotocol/server-github' },
  { name: '@upstash/context7-mcp' },
  { name: '@notionhq/notion-mcp-server', env: { NOTION_TOKEN: 'ntn_example' } },
  { name: 'firecrawl-mcp', env: { FIRECRAWL_API_KEY: 'fc-example' } },
  { name: 'tavily-mcp', env: { TAVILY_API_KEY: 'tvly-example' } },
  { name: 'exa-mcp-server', env: { EXA_API_KEY: 'example' } },
  { name: '@brave/brave-search-mcp-server', env: { BRAVE_API_KEY: 'example' } },
  { name: 'airtable-mcp-server', env: { AIRTABLE_API_KEY: 'pat.example' } },
  { name: '@sentry/mcp-server', env: { SENTRY_ACCESS_TOKEN: 'example' } },
  { name: '@brightdata/mcp', env: { API_TOKEN: 'example' } },
  { name: '@antv/mcp-server-chart' },
  { name: 'mcp-server-commands' },
  { name: 'mcp-server-kubernetes' },
  { name: 'mongodb-mcp-server' },
  { name: '@playwright/mcp' },
  { name: 'figma-developer-mcp', args: ['--stdio'], env: { FIGMA_API_KEY: 'figd_example' } },
  { name: 'chrome-devtools-mcp' },
];

const chosen = process.argv.slice(2);
const servers = SERVERS.filter(({ name }) => chosen.length === 0 || chosen.includes(name));

/** A call without arguments changes nothing if the tool requires some, and little if it only reads. */
const harmless = (tools: readonly Tool[]): Tool | undefined =>
  tools.find(({ inputSchema }) => (inputSchema.required ?? []).length > 0) ??
  tools.find(({ annotations }) => annotations?.readOnlyHint === true) ??
  tools[0];

const use = async (url: string, revision: string): Promise<string> => {
  const known = REVISIONS.slice(REVISIONS.indexOf(revision));
  const client = new Client(
    { name: 'bench', version: '1.0.0' },
    revision === MODERN
      ? { versionNegotiation: { mode: { pin: MODERN } } }
      : { versionNegotiation: { mode: 'legacy' }, supportedProtocolVersions: known },
  );
  const transport = new StreamableHTTPClientTransport(new URL(url));
  const options = { timeout: CLIENT_MS_MAX };
  try {
    await client.connect(transport, options);
    const { tools } = await client.listTools({}, options);
    const tool = harmless(tools);
    if (!tool) throw new Error('The list of tools is empty.');
    // A tool's own error is an answer.
    await client.callTool({ name: tool.name, arguments: {} }, options).catch((error: unknown) => {
      if (!(error instanceof ProtocolError) || error.code === HOST_ERROR) throw error;
    });
    await transport.terminateSession();
    return `${tools.length} tools, ${tool.name}`;
  } finally {
    await client.close();
  }
};

const untilInstalled = async (host: Awaited<ReturnType<typeof startHost>>): Promise<void> => {
  const deadline = performance.now() + INSTALL_MS_MAX;
  while (host.status().phase === 'INSTALLING' && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 100));
};

const cacheDir = await mkdtemp(join(tmpdir(), 'catwalk-era-clients-'));
let passed = 0;
for (const { name, args = [], env = {} } of servers) {
  const host = await startHost(
    { package: { runtime: 'npm', name, version: 'latest' }, args, env, isolation: 'AUTO' },
    { port: 0, host: '127.0.0.1', cacheDir },
  );
  await untilInstalled(host);
  console.log(`${name} ${host.status().package.version ?? ''}`);
  for (const revision of REVISIONS)
    try {
      const seen = await use(`http://127.0.0.1:${host.port}/mcp`, revision);
      passed += 1;
      console.log(`  ${revision}  ${seen}`);
    } catch (error) {
      console.log(`  ${revision}  FAILED: ${messageOf(error)}`);
    }
  const { era, translatedCalls } = host.status();
  console.log(`  the server supports ${era ?? 'nothing'}; ${translatedCalls} requests were translated`);
  await host.close({ drainMs: 0 });
}
await rm(cacheDir, { recursive: true, force: true });
const all = servers.length * REVISIONS.length;
console.log(`${passed} of ${all}`);
recordFigure('popular servers × revisions of MCP that work', passed, `of ${all}`, { atLeast: all });
process.exit(passed === all ? 0 : 1);
