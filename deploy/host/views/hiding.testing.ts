import { fileURLToPath } from 'node:url';
import { createModernClient, headerValue } from '../modern-client.testing.ts';
import {
  eventually,
  type Json,
  type Message,
  messagesOf,
  startTestHost,
  TestClient,
  type TestHost,
} from '../test-rig.ts';
import { principalInView, VIEW_HEADER, VIEW_PATH, type ViewRules } from '../view-contract.ts';

const SERVER = fileURLToPath(new URL('../../../tests/fixtures/stdio/hiding-server.ts', import.meta.url));

/** Hides everything in which the server of the fixture says TOPSECRET; two tools have changed names. */
export const HIDING: ViewRules = {
  tools: {
    allow: null,
    deny: ['delete_*', 'admin_*', 'l*schen', '__proto__'],
    changes: {
      read_file: {
        name: 'open_file',
        description: 'Opens.',
        arguments: { mode: { fixed: 'ro' }, trace: { hidden: true } },
      },
      list_items: { name: 'read_file' },
    },
  },
  prompts: { allow: null, deny: ['admin_*'] },
  resources: { allow: ['docs://*'], deny: ['docs://private/*'] },
  instructions: 'Use open_file.',
};

export const giveView = async (host: TestHost, rules: ViewRules, revision = 1, id = 'v1') =>
  (await host.request('/views', { method: 'POST', body: JSON.stringify({ id, revision, rules }) })).status;

/** The host as the endpoint reaches it for a caller who sees a view. */
export const inView = (host: TestHost, revision = 1): TestHost => ({
  ...host,
  request: (path, init = {}) =>
    host.request(VIEW_PATH + path, { ...init, headers: { ...init.headers, [VIEW_HEADER]: String(revision) } }),
});

export const ANN = principalInView('ann', 'v1');

export type Era = 'legacy' | 'modern';

export const startHiding = async (server: Era, unknown = 'error', config: Json = {}): Promise<TestHost> => {
  const host = await startTestHost({
    package: { runtime: 'command', command: 'node', args: [SERVER, server] },
    env: { FIXTURE_UNKNOWN: unknown },
    ...config,
  });
  await eventually('the installation', () => host.status().phase !== 'INSTALLING');
  return host;
};

/** A client of either era that can send any text as its params. */
export type AnyClient = {
  request(method: string, params: Json | string): Promise<{ text: string; message: Message | undefined }>;
  /** Sends any text as a body; returns the text of the answer. */
  post(body: string): Promise<string>;
};

const modernMeta =
  '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"c","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}';

/** The params with what every request of the era says about its client, besides what they say themselves. */
const withModernMeta = (params: string): string => {
  if (params === '{}') return `{${modernMeta}}`;
  const own = '"_meta":{';
  return params.includes(own)
    ? params.replace(own, () => `${modernMeta.slice(0, -1)},`)
    : `{${modernMeta},${params.slice(1)}`;
};

export const openClient = async (host: TestHost, era: Era): Promise<AnyClient> => {
  const session = era === 'legacy' ? await TestClient.open(host, { principal: ANN }) : null;
  if (era === 'modern') await createModernClient(host, { principal: ANN }).request('server/discover');
  const base = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'catwalk-principal': ANN,
    ...(session ? { 'mcp-session-id': session.session } : {}),
  };
  return {
    async post(body) {
      const modern = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'open_file' };
      const headers = session ? base : { ...base, ...modern };
      return (await host.request('/mcp', { method: 'POST', headers, body })).text();
    },
    async request(method, params) {
      const raw = typeof params === 'string' ? params : JSON.stringify(params);
      const read = JSON.parse(raw) as Json;
      const whole = session ? raw : withModernMeta(raw);
      const name = read['name'] ?? read['uri'];
      const response = await host.request('/mcp', {
        method: 'POST',
        headers: {
          ...base,
          ...(session
            ? {}
            : {
                'mcp-protocol-version': '2026-07-28',
                'mcp-method': method,
                ...(typeof name === 'string' ? { 'mcp-name': headerValue(name) } : {}),
              }),
        },
        body: `{"jsonrpc":"2.0","id":1,"method":${JSON.stringify(method)},"params":${whole}}`,
      });
      const messages = await messagesOf(response);
      return { text: JSON.stringify(messages), message: messages.at(-1) };
    },
  };
};
