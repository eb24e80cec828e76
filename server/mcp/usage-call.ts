import type { UsageCall } from '#server/domain/usage/recorder.ts';
import { type Grant, toCaller } from './access.ts';
import type { Exchange } from './exchange.ts';
import type { EndpointRequest } from './gate.ts';
import type { Route } from './route.ts';

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

/** A request that was answered for a deployment that sleeps. */
export function toAsleepUsageCall(
  { head, startedAtMs, body, res }: EndpointRequest,
  { deploymentId }: Route,
  grant: Grant,
  { method, bytesOut }: { method: string; bytesOut: number },
): UsageCall {
  return {
    deploymentId,
    method,
    tool: '',
    status: res.statusCode,
    isError: false,
    translated: false,
    era: (head.protocolVersion ?? '') >= MODERN_SINCE ? 'modern' : 'legacy',
    caller: toCaller(grant),
    tokenId: grant.kind === 'token' ? grant.tokenId : null,
    connectionId: grant.kind === 'oauth' ? grant.connectionId : null,
    cold: false,
    durationMs: performance.now() - startedAtMs,
    bytesIn: body?.length ?? 0,
    bytesOut,
  };
}
