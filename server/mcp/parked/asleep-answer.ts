import type { OfferedAnswers } from '#deploy/host/contract.ts';
import { listKey } from '#server/domain/deployments/rows/offer.ts';
import { isRecord } from '#server/domain/is-record.ts';
import type { RequestHead } from '../request-head.ts';
import { LISTEN_METHOD } from './listening-request.ts';

const MODERN_VERSION = '2026-07-28';
const META = 'io.modelcontextprotocol/';
const LISTS: ReadonlySet<string> = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
]);
const LISTED_CHANGES = [
  ['toolsListChanged', 'tools'],
  ['promptsListChanged', 'prompts'],
  ['resourcesListChanged', 'resources'],
] as const;

/** A request as it stands in a body. */
export type AsleepRequest = { id: string | number | null; method: string; params: Record<string, unknown> };

export type AsleepAnswer =
  /** A JSON-RPC result, as text of a character for each byte. */
  | { kind: 'result'; result: string }
  | { kind: 'accepted' }
  /** `initialize`: a session has to be kept. */
  | { kind: 'open'; result: string; protocolVersion: string }
  /** `subscriptions/listen`: the stream is parked behind its acknowledgment. */
  | { kind: 'listen'; acknowledgment: string }
  /** The child is needed. */
  | { kind: 'wake' };

const WAKE: AsleepAnswer = { kind: 'wake' };

/** Reads one request or notification; null for everything else, which is the host's to answer. */
export function readAsleepRequest(body: string): AsleepRequest | null {
  try {
    const read: unknown = JSON.parse(body);
    if (!isRecord(read) || read['jsonrpc'] !== '2.0' || typeof read['method'] !== 'string') return null;
    const { id = null, method, params = {} } = read;
    if (!isRecord(params) || (id !== null && typeof id !== 'string' && typeof id !== 'number')) return null;
    return { id, method, params };
  } catch {
    return null;
  }
}

/**
 * Answers what needs no child from the offer of a release. Whatever is unusual (a header that disagrees with the body, a
 * version that no client used before, a further parameter) wakes the machine, whose host knows all of the protocol.
 */
export function answerAsleep(request: AsleepRequest, head: RequestHead, offer: OfferedAnswers | null): AsleepAnswer {
  if (request.method === 'initialize' || head.sessionId !== null) return answerLegacy(request, head, offer);
  return head.protocolVersion === MODERN_VERSION ? answerModern(request, head, offer) : WAKE;
}

function answerLegacy(
  { id, method, params }: AsleepRequest,
  head: RequestHead,
  offer: OfferedAnswers | null,
): AsleepAnswer {
  if (method === 'notifications/initialized' && id === null) return { kind: 'accepted' };
  if (id === null) return WAKE;
  if (method === 'initialize') {
    const result = offer?.openings[String(params['protocolVersion'])];
    const protocolVersion = result === undefined ? null : versionIn(result);
    return result === undefined || protocolVersion === null || head.sessionId !== null
      ? WAKE
      : { kind: 'open', result, protocolVersion };
  }
  if (method === 'ping') return { kind: 'result', result: '{}' };
  return head.protocolVersion === null ? WAKE : listed(head.protocolVersion, method, params, offer);
}

function answerModern(
  { id, method, params }: AsleepRequest,
  head: RequestHead,
  offer: OfferedAnswers | null,
): AsleepAnswer {
  const { _meta: meta } = params;
  const isPlain =
    isRecord(meta) &&
    head.mcpMethod === method &&
    meta[`${META}protocolVersion`] === MODERN_VERSION &&
    isRecord(meta[`${META}clientCapabilities`]);
  if (id === null || !isPlain) return WAKE;
  const discovered = offer?.lists[listKey(MODERN_VERSION, 'server/discover')];
  if (method === 'server/discover') return discovered === undefined ? WAKE : { kind: 'result', result: discovered };
  if (method === LISTEN_METHOD) return discovered === undefined ? WAKE : acknowledged(id, params, discovered);
  return listed(MODERN_VERSION, method, params, offer);
}

function listed(
  version: string,
  method: string,
  params: Record<string, unknown>,
  offer: OfferedAnswers | null,
): AsleepAnswer {
  if (!LISTS.has(method) || Object.keys(params).some((name) => name !== 'cursor' && name !== '_meta')) return WAKE;
  const { cursor } = params;
  const result = offer?.lists[listKey(version, method, cursor === undefined ? '' : toWire(JSON.stringify(cursor)))];
  return result === undefined ? WAKE : { kind: 'result', result };
}

/** Acknowledges what the server supports (2026-07-28, subscriptions). Only the child can subscribe to a resource. */
function acknowledged(id: string | number, params: Record<string, unknown>, discovered: string): AsleepAnswer {
  const { notifications } = params;
  const read: unknown = JSON.parse(fromWire(discovered));
  const capabilities = isRecord(read) && isRecord(read['capabilities']) ? read['capabilities'] : {};
  if (!isRecord(notifications) || notifications['resourceSubscriptions'] !== undefined) return WAKE;
  const agreed = LISTED_CHANGES.filter(([name, capability]) => {
    const declared = capabilities[capability];
    return notifications[name] === true && isRecord(declared) && declared['listChanged'] === true;
  }).map(([name]) => [name, true]);
  const message = {
    jsonrpc: '2.0',
    method: 'notifications/subscriptions/acknowledged',
    params: { _meta: { [`${META}subscriptionId`]: id }, notifications: Object.fromEntries(agreed) },
  };
  return { kind: 'listen', acknowledgment: JSON.stringify(message) };
}

/** The host keeps messages as text of a character for each byte. */
export const toWire = (text: string): string => Buffer.from(text).toString('latin1');
export const fromWire = (text: string): string => Buffer.from(text, 'latin1').toString();

function versionIn(result: string): string | null {
  const read: unknown = JSON.parse(fromWire(result));
  return isRecord(read) && typeof read['protocolVersion'] === 'string' ? read['protocolVersion'] : null;
}
