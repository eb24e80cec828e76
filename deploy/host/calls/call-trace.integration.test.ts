import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, expect, test } from 'vitest';
import { decodeCallPage } from '../call-page.ts';
import { CALLER_HEADER, TRACE_HEADER } from '../header-contract.ts';
import { eventually, startTestHost, type TestHost } from '../test-rig.ts';

const LEGACY = fileURLToPath(new URL('../../../tests/fixtures/stdio/server.ts', import.meta.url));
const MODERN = fileURLToPath(new URL('../../../tests/fixtures/stdio/modern-server.ts', import.meta.url));
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const ENDPOINT = `00-${TRACE}-b7ad6b7169203331-01`;

let host: TestHost;
afterEach(() => host.close({ drainMs: 0 }));

const command = (path: string) => startTestHost({ package: { runtime: 'command', command: 'node', args: [path] } });

const connect = async (mode: 'auto' | 'legacy', headers: Record<string, string>) => {
  const client = new Client({ name: 'reader', version: '1' }, { versionNegotiation: { mode } });
  const requestInit = { headers: { [CALLER_HEADER]: 'public', ...headers } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${host.url}/mcp`), { requestInit }));
  return client;
};

const newest = () =>
  eventually('a call in the log', async () => {
    const bytes = await (await host.request('/calls')).arrayBuffer();
    return decodeCallPage(Buffer.from(bytes)).records.at(-1) ?? null;
  });

const textOf = (result: unknown): string => JSON.stringify(result).replaceAll('\\', '');

test.each([
  ['legacy', 'legacy', LEGACY, 'call'],
  ['modern', 'modern', MODERN, 'meta'],
  ['modern', 'legacy', LEGACY, 'call'],
  ['legacy', 'modern', MODERN, 'meta'],
] as const)(
  'a call of a %s client reaches a %s server with the trace in its _meta',
  async (era, _child, path, tool) => {
    host = await command(path);
    const traced = { [TRACE_HEADER]: '1', traceparent: ENDPOINT, tracestate: 'rojo=1' };
    const client = await connect(era === 'legacy' ? 'legacy' : 'auto', traced);
    const seen = textOf(await client.callTool({ name: tool, arguments: {} }));
    const { trace } = await newest();
    expect(trace).toMatchObject({ traceId: TRACE, parentId: 'b7ad6b7169203331', link: null });
    expect(seen).toContain(`"traceparent":"00-${TRACE}-${trace?.childSpanId}-01"`);
    expect(seen).toContain('"tracestate":"rojo=1"');
    await client.close();
  },
);

test('a call that has to start the server again has the start in its trace', async () => {
  host = await command(LEGACY);
  const client = await connect('legacy', { [TRACE_HEADER]: '1', traceparent: ENDPOINT });
  await expect(client.callTool({ name: 'crash', arguments: {} })).rejects.toThrow();
  await client.callTool({ name: 'call', arguments: {} });
  const { trace, durationMs } = await newest();
  expect(trace?.start?.tookMs).toBeGreaterThan(0);
  expect((trace?.start?.afterMs ?? 0) + (trace?.start?.tookMs ?? 0)).toBeLessThanOrEqual(durationMs);
  await client.close();
});

test('without the request of the endpoint nothing is added, whatever a caller sends', async () => {
  host = await command(LEGACY);
  const client = await connect('legacy', { traceparent: ENDPOINT });
  expect(textOf(await client.callTool({ name: 'call', arguments: {} }))).not.toContain('traceparent');
  expect((await newest()).trace).toBeNull();
  await client.close();
});
