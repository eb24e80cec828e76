import { toCaller } from './access.ts';
import type { Exchange } from './exchange.ts';

/** A call as usage counts it. */
export type EndpointCall = {
  deploymentId: string;
  /** The JSON-RPC method; `(stream)`, `(end of session)` or `(other)` where there is none. */
  method: string;
  tool: string;
  /** HTTP status; 499 when the client left before there was one. */
  status: number;
  /** A failed status, a broken stream, or an answer that reads like a JSON-RPC error or a failed tool call. */
  isError: boolean;
  era: 'legacy' | 'modern';
  /** The access token's id, `oauth` or `public`. */
  caller: string;
  tokenId: string | null;
  /** It waited for a sleeping machine. */
  cold: boolean;
  durationMs: number;
  bytesIn: number;
  bytesOut: number;
};

const MODERN_SINCE = '2026-07-28';
const BODILESS = { GET: '(stream)', DELETE: '(end of session)', POST: '(other)' } as const;

export function toEndpointCall(exchange: Exchange): EndpointCall {
  const { parts, peek } = exchange;
  const { head, grant } = parts;
  return {
    deploymentId: parts.deploymentId,
    method: head.mcpMethod ?? peek?.method ?? BODILESS[parts.method],
    tool: peek?.name ?? (head.mcpMethod === 'tools/call' ? (head.mcpName ?? '') : ''),
    status: exchange.status,
    isError: exchange.hasError || exchange.status >= 400,
    era: (head.protocolVersion ?? '') >= MODERN_SINCE ? 'modern' : 'legacy', // dates compare as text
    caller: toCaller(grant),
    tokenId: grant.kind === 'token' ? grant.tokenId : null,
    cold: parts.isCold,
    durationMs: performance.now() - parts.startedAtMs,
    bytesIn: exchange.bytesIn,
    bytesOut: exchange.bytesOut,
  };
}
