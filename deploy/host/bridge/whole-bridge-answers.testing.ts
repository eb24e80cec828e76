/** What the children of whole-bridge.testing.ts answer. */

export type Json = Record<string, unknown>;

/** Answers of a server by method: the members of a JSON-RPC answer, or none for silence. */
export type Answers = Record<string, Json | ((message: Json) => Json | undefined) | undefined>;

export const LEGACY: Answers = {
  initialize: {
    result: {
      protocolVersion: '2025-11-25',
      capabilities: { tools: { listChanged: true }, resources: { subscribe: true }, logging: {} },
      serverInfo: { name: 's', version: '1' },
    },
  },
  'server/discover': { error: { code: -32601, message: 'Method not found' } },
  'tools/list': { result: { tools: [] } },
  'logging/setLevel': { result: {} },
  'resources/subscribe': { result: {} },
  'resources/unsubscribe': { result: {} },
};

export const MODERN: Answers = {
  initialize: { error: { code: -32601, message: 'Method not found' } },
  'server/discover': {
    result: {
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: { listChanged: true }, resources: { subscribe: true }, logging: {} },
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'm', version: '2' } },
    },
  },
  'tools/list': { result: { tools: [] } },
};
