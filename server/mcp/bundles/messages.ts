import { isRecord } from '#server/domain/is-record.ts';

/** A JSON-RPC message, read. */
export type Message = Record<string, unknown>;
export type RpcId = string | number;

export const MODERN_VERSION = '2026-07-28';
/** Revisions that open a session with `initialize`, newest first. */
export const LEGACY_VERSIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];
export const META = 'io.modelcontextprotocol/';

/** Codes of JSON-RPC and MCP. */
export const RPC = {
  PARSE: -32700,
  INVALID_REQUEST: -32600,
  NO_METHOD: -32601,
  INVALID_PARAMS: -32602,
  /** A missing resource, until 2025-11-25. */
  NO_RESOURCE: -32002,
  SERVER: -32000,
  NO_SESSION: -32001,
  /** A header disagrees with the body (2026-07-28). */
  HEADER_MISMATCH: -32020,
} as const;

/** More digits than a double keeps. */
const LONG_NUMBER = /\d{16}/;

type RawJson = typeof JSON & { rawJSON(text: string): unknown };

/** Keeps numbers that a double cannot hold as they stand in the text. */
const exactly = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
    ? (JSON as RawJson).rawJSON(context.source)
    : value;

/** Reads JSON; undefined for what is none. */
export function readJson(text: string): unknown {
  try {
    return LONG_NUMBER.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads one message; null for what is none, a batch included. */
export function readMessage(text: string): Message | null {
  const read = readJson(text);
  return isRecord(read) && read['jsonrpc'] === '2.0' ? read : null;
}

export const recordIn = (message: Message, name: string): Message => {
  const value = message[name];
  return isRecord(value) ? value : {};
};

export const isId = (value: unknown): value is RpcId => typeof value === 'string' || typeof value === 'number';

export const resultFor = (id: RpcId, result: Message): Message => ({ jsonrpc: '2.0', id, result });

export const errorFor = (id: RpcId | null, code: number, message: string, data?: unknown): Message => ({
  jsonrpc: '2.0',
  id,
  error: { code, message, ...(data === undefined ? {} : { data }) },
});

export const notification = (method: string, params?: Message): Message => ({
  jsonrpc: '2.0',
  method,
  ...(params === undefined ? {} : { params }),
});
