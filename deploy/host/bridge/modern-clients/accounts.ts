import { isRecord } from '../../records.ts';
import { withoutMembers } from '../json-edit.ts';
import { META_PREFIX, repeatsHandshake, TASKS_EXTENSION } from '../protocol-names.ts';
import { NEWEST_LEGACY_VERSION } from '../versions.ts';
import { rawFromWire, rawToWire } from '../wire-values.ts';
import { rankOf } from './legacy-request.ts';

const KNOWN_MAX = 256;
const KNOWN_CHARACTERS_MAX = 8 * 1024;

/** A request's own account of its client, which the modern era repeats in the `_meta` of each request. */
export type Account = {
  /** As they came, without decoding their text. */
  capabilities: Record<string, unknown>;
  /** How verbose log messages are to be: 0 is the most; -1 for none. Null for an unknown level. */
  logRank: number | null;
  progressToken: string | null;
  /** The `initialize` of such a client, for a legacy child. */
  initialize: string;
  /** The rest of the `_meta`, for a legacy child; raw JSON text, empty for nothing. */
  kept: string;
};

const initializeOf = (info: unknown, declared: Record<string, unknown>): string => {
  const { extensions, ...capabilities } = declared;
  const { [TASKS_EXTENSION]: _tasks, ...others } = isRecord(extensions) ? extensions : {};
  return `{"jsonrpc":"2.0","id":0,"method":"initialize","params":${rawToWire({
    protocolVersion: NEWEST_LEGACY_VERSION,
    capabilities: Object.keys(others).length === 0 ? capabilities : { ...capabilities, extensions: others },
    clientInfo: info ?? { name: 'unknown', version: '0' },
  })}}`;
};

const keptOf = (raw: string): string => {
  const kept = withoutMembers(raw, { start: 0, end: raw.length }, repeatsHandshake);
  return kept === '{}' ? '' : kept;
};

const readAccount = (raw: string): Account => {
  const read = rawFromWire(raw);
  const meta = isRecord(read) ? read : {};
  const declared = meta[`${META_PREFIX}clientCapabilities`];
  const capabilities = isRecord(declared) ? declared : {};
  const level = meta[`${META_PREFIX}logLevel`];
  const rank = rankOf(level);
  const token = meta['progressToken'];
  return {
    capabilities,
    logRank: level !== undefined && rank === -1 ? null : rank,
    progressToken: typeof token === 'string' || typeof token === 'number' ? rawToWire(token) : null,
    initialize: initializeOf(meta[`${META_PREFIX}clientInfo`], capabilities),
    kept: keptOf(raw),
  };
};

/**
 * Reads the `_meta` of requests, raw JSON text. Clients repeat theirs with every request, so the last ones are kept; an
 * account follows from the text alone, so it does not matter whose text it was.
 */
export const createAccounts = (): ((raw: string) => Account) => {
  const known = new Map<string, Account>();
  return (raw) => {
    const found = known.get(raw);
    if (found) return found;
    const account = readAccount(raw);
    // A progress token is used once.
    if (account.progressToken !== null || raw.length > KNOWN_CHARACTERS_MAX) return account;
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(raw, account);
    return account;
  };
};
