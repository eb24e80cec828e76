import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, expect, test } from 'vitest';
import { openTestApp } from '#server/compose/app.testing.ts';
import { analyze, type Deployed, deploy, untilRunning } from '../instances/deploy.ts';
import { untilAnswer } from '../until-answer.ts';
import { openCollector, type ReceivedSpan } from './collector.testing.ts';
import { writeTracedServer } from './traced-server.testing.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const HTTP_SPAN = 'b7ad6b7169203331';
const CLIENT_TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CLIENT_SPAN = '00f067aa0ba902b7';
const SERVER = 2;
const CLIENT = 3;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const open = async () => {
  const collector = await openCollector();
  closers.push(collector.close);
  const rig = await openTestApp({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/` });
  let isOpen = true;
  const close = async () => {
    if (isOpen) await rig.close();
    isOpen = false;
  };
  closers.push(close);
  const folder = await mkdtemp(path.join(tmpdir(), 'catwalk-traces-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  await writeTracedServer(folder);
  const { token } = await rig.tokenFor(rig.owner.id);
  const world = {
    ask: async <T>(query: string, variables: object = {}): Promise<T> => {
      const { data, errors } = await rig.ask(token, query, variables);
      if (!data) throw new Error(JSON.stringify(errors));
      return data as T; // what the query selects
    },
  };
  const deployed = await deploy(world, await analyze(world, folder));
  await untilRunning(world, deployed);
  /** Every span, once the server has stopped: what is left is sent before it ends. */
  const spans = async (calls: number): Promise<ReceivedSpan[]> => {
    await untilAnswer(
      () => rig.prisma.call.count(),
      (count) => count >= calls,
    );
    await close();
    return collector.spans;
  };
  return { collector, deployed, spans };
};

const connect = async ({ endpointUrl, accessToken }: Deployed, headers: Record<string, string>) => {
  const client = new Client({ name: 'tracer', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
  const requestInit = { headers: { authorization: `Bearer ${accessToken}`, ...headers } };
  await client.connect(new StreamableHTTPClientTransport(new URL(endpointUrl), { requestInit }));
  return client;
};

const one = (spans: readonly ReceivedSpan[], matches: (span: ReceivedSpan) => boolean): ReceivedSpan => {
  const found = spans.filter(matches);
  expect(found).toHaveLength(1);
  return found[0] as ReceivedSpan; // there is one
};

test('a call is traced from the header of its client through endpoint and host into the server', async () => {
  const { collector, deployed, spans } = await open();
  const client = await connect(deployed, { traceparent: `00-${TRACE}-${HTTP_SPAN}-01` });
  const seen = JSON.stringify(await client.callTool({ name: 'meta', arguments: {} }));
  await client.close();
  const all = await spans(1);
  expect(collector.requests[0]).toEqual({ path: '/v1/traces', type: 'application/x-protobuf' });

  const endpoint = one(
    all,
    ({ attributes }) => attributes['gen_ai.tool.name'] === 'meta' && !('jsonrpc.request.id' in attributes),
  );
  expect(endpoint).toMatchObject({
    name: 'POST /api/mcp/{deployment}',
    kind: SERVER,
    service: 'catwalk',
    traceId: TRACE,
    parentId: HTTP_SPAN,
    isError: false,
    attributes: {
      'http.request.method': 'POST',
      'mcp.method.name': 'tools/call',
      'catwalk.deployment.id': deployed.id,
    },
  });
  expect(Number(endpoint.attributes['http.response.status_code'])).toBe(200);
  const host = one(all, ({ name, kind }) => name === 'tools/call meta' && kind === SERVER);
  expect(host).toMatchObject({
    scope: 'catwalk-host',
    traceId: TRACE,
    parentId: endpoint.spanId,
    links: [],
    attributes: {
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'meta',
      'gen_ai.operation.name': 'execute_tool',
      'network.transport': 'tcp',
    },
  });
  const child = one(all, ({ name, kind }) => name === 'tools/call meta' && kind === CLIENT);
  expect(child).toMatchObject({ traceId: TRACE, parentId: host.spanId, attributes: { 'network.transport': 'pipe' } });
  expect(seen).toContain(`00-${TRACE}-${child.spanId}-01`);
  expect(host.startMs).toBeLessThanOrEqual(child.startMs);
  expect(child.endMs).toBeLessThanOrEqual(host.endMs);
}, 120_000);

test('the context in _meta is the parent of the call, and the request of the endpoint its link', async () => {
  const { deployed, spans } = await open();
  const client = await connect(deployed, {});
  const seen = JSON.stringify(
    await client.callTool({
      name: 'meta',
      arguments: {},
      _meta: { traceparent: `00-${CLIENT_TRACE}-${CLIENT_SPAN}-01`, tracestate: 'rojo=1' },
    }),
  );
  const failed = await client.callTool({ name: 'fail', arguments: {} });
  expect(failed.isError).toBe(true);
  await client.close();
  const all = await spans(2);
  const host = one(all, ({ name, kind }) => name === 'tools/call meta' && kind === SERVER);
  expect(host).toMatchObject({ traceId: CLIENT_TRACE, parentId: CLIENT_SPAN });
  const endpoint = one(all, ({ spanId }) => spanId === host.links[0]?.spanId);
  expect(endpoint.name).toBe('POST /api/mcp/{deployment}');
  expect(endpoint.traceId).toBe(host.links[0]?.traceId);
  expect(endpoint.traceId).not.toBe(CLIENT_TRACE);
  expect(seen).toContain(`00-${CLIENT_TRACE}-`);
  expect(seen).toContain('rojo=1');
  const bad = one(all, ({ name, kind }) => name === 'tools/call fail' && kind === SERVER);
  expect(bad).toMatchObject({ isError: true, attributes: { 'error.type': 'tool_error' } });
}, 120_000);

test('a call that has to start the server again shows the start in its trace', async () => {
  const { deployed, spans } = await open();
  const client = await connect(deployed, {});
  await expect(client.callTool({ name: 'end', arguments: {} })).rejects.toThrow();
  await client.callTool({ name: 'meta', arguments: {} });
  await client.close();
  const all = await spans(2);
  const host = one(all, ({ name, kind }) => name === 'tools/call meta' && kind === SERVER);
  const start = one(all, ({ name, parentId }) => name === 'start server process' && parentId === host.spanId);
  const child = one(all, ({ name, kind }) => name === 'tools/call meta' && kind === CLIENT);
  expect(start.startMs).toBeGreaterThanOrEqual(host.startMs);
  expect(child.startMs).toBeGreaterThanOrEqual(start.endMs);
}, 120_000);

test('a caller that does not want its trace sampled has no spans', async () => {
  const { collector, deployed, spans } = await open();
  const client = await connect(deployed, { traceparent: `00-${TRACE}-${HTTP_SPAN}-00` });
  expect(JSON.stringify(await client.callTool({ name: 'meta', arguments: {} }))).toMatch(
    new RegExp(`00-${TRACE}-[0-9a-f]{16}-00`),
  );
  await client.close();
  await spans(1);
  expect(collector.spans.filter(({ traceId }) => traceId === TRACE)).toEqual([]);
}, 120_000);

const LOADED = fileURLToPath(new URL('./loaded-packages.testing.ts', import.meta.url));
test.each([
  ['', false],
  ['http://127.0.0.1:9', true],
])('the SDK is loaded only where a collector is named: %j', async (endpoint, isLoaded) => {
  const { stdout } = await promisify(execFile)(process.execPath, [LOADED, endpoint], { timeout: 60_000 });
  expect(stdout.includes('@opentelemetry/sdk-trace/')).toBe(isLoaded);
});
