import type { IncomingHttpHeaders } from 'node:http';
import { isRecord } from '../records.ts';
import { decodeHeader, headerOf } from './header-values.ts';
import { slice } from './json-rpc.ts';
import type { SessionPeer } from './session.ts';
import { MODERN_VERSION } from './versions.ts';
import { rawFromWire } from './wire-values.ts';

const LIST_TIMEOUT_MS = 5_000;
const PAGES_MAX = 20;
const DEPTH_MAX = 16;
const ANNOTATION = 'x-mcp-header';
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const MODERN_META = `"_meta":{"io.modelcontextprotocol/protocolVersion":"${MODERN_VERSION}","io.modelcontextprotocol/clientCapabilities":{}}`;

/** A parameter that clients repeat in a header. Names are as they stand on the wire. */
type Annotated = { header: string; path: readonly string[] };
/** The annotated parameters of each tool that has any. */
export type ToolHeaders = ReadonlyMap<string, readonly Annotated[]>;

/** Annotations count only where a chain of `properties` leads to them, on types with a plain text form. */
const annotatedIn = (schema: unknown, path: readonly string[] = []): Annotated[] => {
  const properties = isRecord(schema) ? schema['properties'] : undefined;
  if (!isRecord(properties) || path.length >= DEPTH_MAX) return [];
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isRecord(property)) return [];
    const at = [...path, name];
    const suffix = property[ANNOTATION];
    const isPrimitive = ['string', 'integer', 'boolean'].includes(String(property['type']));
    return typeof suffix === 'string' && TOKEN.test(suffix) && isPrimitive
      ? [{ header: `mcp-param-${suffix.toLowerCase()}`, path: at }]
      : annotatedIn(property, at);
  });
};

const readPage = (tools: unknown, found: Map<string, Annotated[]>) => {
  if (!Array.isArray(tools)) return;
  for (const tool of tools) {
    if (!isRecord(tool) || typeof tool['name'] !== 'string') continue;
    const annotated = annotatedIn(tool['inputSchema']);
    if (annotated.length > 0) found.set(tool['name'], annotated);
  }
};

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined), value);

const agrees = (value: unknown, header: string): boolean => {
  switch (typeof value) {
    case 'string':
      return header === value;
    case 'number':
      return header.trim() !== '' && Number(header) === value;
    case 'boolean':
      return header === String(value);
    default:
      return true; // the schema does not allow it, which is the server's to say
  }
};

/** Finds the header that does not repeat its parameter (2026-07-28, custom headers); null if all do. */
export const findHeaderMismatch = (
  annotated: readonly Annotated[],
  headers: IncomingHttpHeaders,
  args: unknown,
): string | null => {
  for (const { header, path } of annotated) {
    const value = valueAt(args, path);
    const given = headerOf(headers, header);
    if (value === undefined || value === null) {
      if (given !== null) return `the ${header} header has a value, and the parameter ${path.join('.')} has none.`;
      continue;
    }
    const decoded = given === null ? null : decodeHeader(given);
    if (given === null) return `the ${header} header is missing.`;
    if (decoded === null) return `the ${header} header is malformed.`;
    if (!agrees(value, decoded)) return `the ${header} header and the parameter ${path.join('.')} differ.`;
  }
  return null;
};

/** Learns from each child which parameters of its tools are repeated in headers, before the first call to a tool. */
export const createToolHeaders = () => {
  const known = new WeakMap<SessionPeer, ToolHeaders>();
  const learning = new WeakMap<SessionPeer, Promise<ToolHeaders>>();

  const learn = async (peer: SessionPeer): Promise<ToolHeaders> => {
    const found = new Map<string, Annotated[]>();
    const limit = AbortSignal.timeout(LIST_TIMEOUT_MS);
    const seen = new Set<unknown>();
    let cursor: unknown;
    try {
      for (let page = 0; page < PAGES_MAX && !seen.has(cursor); page += 1) {
        seen.add(cursor);
        const members = [
          ...(peer.era === 'modern' ? [MODERN_META] : []),
          ...(cursor === undefined ? [] : [`"cursor":${JSON.stringify(cursor)}`]),
        ];
        const answer = await peer.ask(
          `{"jsonrpc":"2.0","id":0,"method":"tools/list","params":{${members.join(',')}}}`,
          limit,
        );
        // Parsed as it came, so that names compare with those of requests, which are not decoded either.
        const result = answer.result ? rawFromWire(slice(answer.text, answer.result)) : null;
        if (!isRecord(result)) break;
        readPage(result['tools'], found);
        cursor = result['nextCursor'];
        if (typeof cursor !== 'string') break;
      }
    } catch {
      // A list that fails or does not come says nothing about headers; calls must not fail for that.
    }
    return found;
  };

  return {
    /** Returns the annotated parameters, or a promise of them before the first call. */
    of(peer: SessionPeer): ToolHeaders | Promise<ToolHeaders> {
      const found = known.get(peer) ?? learning.get(peer);
      if (found) return found;
      const started = learn(peer);
      learning.set(peer, started);
      void started.then((headers) => {
        if (learning.get(peer) !== started) return; // the tools have changed since
        learning.delete(peer);
        known.set(peer, headers);
      });
      return started;
    },
    /** The child has announced other tools. */
    forget(peer: SessionPeer): void {
      known.delete(peer);
      learning.delete(peer);
    },
  };
};

/** Goes on at once with what is known, without a turn of the event loop. Learning never fails. */
export const whenKnown = (tools: ToolHeaders | Promise<ToolHeaders>, next: (tools: ToolHeaders) => void): void => {
  if (tools instanceof Promise) void tools.then(next);
  else next(tools);
};

export type ToolHeadersOf = ReturnType<typeof createToolHeaders>;
