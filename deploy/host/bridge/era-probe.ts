import { type Envelope, findMember, slice } from './json-rpc.ts';
import { rawFromWire } from './wire-values.ts';

const PROBE_TIMEOUT_MS = 10_000;

/** A question that each server of the stateless era answers. */
export const DISCOVER = JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'server/discover',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'catwalk', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
});

/** Errors that only a server of the stateless era knows. */
const MODERN_CODES = ['-32020', '-32021', '-32022'];

export type EraVerdict =
  | { era: 'modern'; result: string | null; supportedVersions: string[] }
  | { era: 'legacy'; answered: boolean };

const versionsIn = (answer: Envelope): string[] => {
  const at = findMember(answer.text, answer.result, 'supportedVersions');
  const versions = at ? rawFromWire(slice(answer.text, at)) : [];
  return Array.isArray(versions) ? versions.filter((version) => typeof version === 'string') : [];
};

/** Asks a child for its era. A child that stays silent is taken for a legacy one; rejects if the child ends. */
export const askEra = async (
  ask: (message: string, signal: AbortSignal) => Promise<Envelope>,
  timeoutMs: number = PROBE_TIMEOUT_MS,
): Promise<EraVerdict> => {
  const limit = AbortSignal.timeout(timeoutMs);
  let answer: Envelope;
  try {
    answer = await ask(DISCOVER, limit);
  } catch (error) {
    if (limit.aborted) return { era: 'legacy', answered: false };
    throw error;
  }
  if (answer.result)
    return { era: 'modern', result: slice(answer.text, answer.result), supportedVersions: versionsIn(answer) };
  const codeAt = findMember(answer.text, answer.error, 'code');
  if (codeAt && MODERN_CODES.includes(slice(answer.text, codeAt)))
    return { era: 'modern', result: null, supportedVersions: [] };
  return { era: 'legacy', answered: true };
};
