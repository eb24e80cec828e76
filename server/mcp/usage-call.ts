import type { UsageCall } from '#server/domain/usage/recorder.ts';
import { toCaller } from './access.ts';
import type { Exchange } from './exchange.ts';

const MODERN_SINCE = '2026-07-28';
const BODILESS = { GET: '(stream)', DELETE: '(end of session)', POST: '(other)' } as const;

/** An exchange that is over, as usage counts it. */
export function toUsageCall(exchange: Exchange): UsageCall {
  const { parts, peek } = exchange;
  const { grant } = parts;
  const { head, method, startedAtMs } = parts.request;
  return {
    deploymentId: parts.deploymentId,
    method: head.mcpMethod ?? peek?.method ?? BODILESS[method],
    tool: peek?.name ?? (head.mcpMethod === 'tools/call' ? (head.mcpName ?? '') : ''),
    status: exchange.status,
    isError: exchange.hasError || exchange.status >= 400,
    translated: exchange.isTranslated,
    era: (head.protocolVersion ?? '') >= MODERN_SINCE ? 'modern' : 'legacy', // dates compare as text
    caller: toCaller(grant),
    tokenId: grant.kind === 'token' ? grant.tokenId : null,
    connectionId: grant.kind === 'oauth' ? grant.connectionId : null,
    cold: parts.isCold,
    durationMs: performance.now() - startedAtMs,
    bytesIn: exchange.bytesIn,
    bytesOut: exchange.bytesOut,
  };
}
