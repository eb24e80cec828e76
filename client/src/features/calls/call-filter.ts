import { useSearchParams } from 'react-router';
import type { CallFilter as CallFilterInput, CallOutcome } from '../../generated/graphql.ts';

/** The outcomes of the filter, as the address names them. */
export const OUTCOME_CHOICES = [
  { value: 'failed', label: 'Did not end well' },
  { value: 'ok', label: 'OK' },
  { value: 'tool-error', label: 'Tool error' },
  { value: 'protocol-error', label: 'Protocol error' },
  { value: 'timed-out', label: 'Timed out' },
  { value: 'cancelled', label: 'Cancelled' },
  { value: 'refused', label: 'Refused' },
  { value: 'input-required', label: 'Input required' },
] as const;

const OUTCOMES: Record<string, CallOutcome[]> = {
  failed: ['TOOL_ERROR', 'PROTOCOL_ERROR', 'CANCELLED', 'TIMED_OUT', 'REFUSED'],
  ok: ['OK'],
  'tool-error': ['TOOL_ERROR'],
  'protocol-error': ['PROTOCOL_ERROR'],
  'timed-out': ['TIMED_OUT'],
  cancelled: ['CANCELLED'],
  refused: ['REFUSED'],
  'input-required': ['INPUT_REQUIRED'],
};

export const SLOWER_CHOICES = [
  { value: '100', label: 'Over 100 ms' },
  { value: '1000', label: 'Over 1 s' },
  { value: '5000', label: 'Over 5 s' },
  { value: '30000', label: 'Over 30 s' },
] as const;

export type CallFilter = {
  tool: string | null;
  client: string | null;
  outcome: string | null;
  slower: string | null;
  /** The id of one request, for links to a single call. */
  request: string | null;
};

export const FILTER_KEYS = ['tool', 'client', 'outcome', 'slower', 'request'] as const;

/** Reads the filter from the address; a value that means nothing is left out. */
export function readFilter(params: URLSearchParams): CallFilter {
  const outcome = params.get('outcome');
  const slower = Number(params.get('slower'));
  return {
    tool: params.get('tool') || null,
    client: params.get('client') || null,
    outcome: outcome !== null && Object.hasOwn(OUTCOMES, outcome) ? outcome : null,
    slower: Number.isFinite(slower) && slower > 0 ? String(slower) : null,
    request: params.get('request') || null,
  };
}

export const toInput = ({ tool, client, outcome, slower, request }: CallFilter): CallFilterInput => ({
  name: tool,
  client,
  outcomes: outcome === null ? null : (OUTCOMES[outcome] ?? null),
  slowerThanMs: slower === null ? null : Number(slower),
  requestId: request,
});

/** The filter and the open call of the address, and how to change them without leaving the place on the page. */
export function useCallAddress() {
  const [params, setParams] = useSearchParams();
  const change = (changes: Record<string, string | null>) =>
    setParams(
      (before) => {
        for (const [key, value] of Object.entries(changes)) {
          if (value === null) before.delete(key);
          else before.set(key, value);
        }
        return before;
      },
      { replace: true, preventScrollReset: true },
    );
  return { filter: readFilter(params), openId: params.get('call'), change };
}
