import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Envelope, errorAnswer, errorMessage, RPC, resultMessage, scan, slice } from '../bridge/json-rpc.ts';
import { refuseRequest } from '../bridge/refuse-request.ts';
import { fromWire, toWire } from '../bridge/wire-values.ts';
import { callDigest } from '../definition-text.ts';
import { type HeldLock, LOCK_HEADER, LOCK_WANTED_HEADER } from '../lock-contract.ts';
import { isRecord, isText } from '../records.ts';
import { refusalOf } from './refusals.ts';
import { type IndexedLock, indexLock, LOCKED_LISTS, redacted, showList } from './shown-list.ts';

/** Stands between children and clients: clients see the definitions that were agreed to, and call no others. */
export type EnforcedLock = {
  /** Takes a lock in place of an older one; false if a newer one is held. */
  take(held: HeldLock): boolean;
  /** Definitions are held. */
  isHeld(): boolean;
  /** Answers a request that needs a newer lock than is held, before anything is begun with it; true if it did. */
  wants(request: IncomingMessage, response: ServerResponse): boolean;
  /** The answer in place of the child's to a request of a client; null where the request passes. */
  refusal(request: Envelope, id: string): Envelope | null;
  /** An answer of a child. Learns the tools in it; returns it as clients see it, or as it is for the platform. */
  answered(method: string, answer: Envelope, isForClient: boolean): Envelope;
  /** A result of a child, of which the host keeps a copy, as clients see it. */
  shown(method: string, result: string): string;
};

/** Requests that are answered with the server's instructions. */
const OPENINGS: ReadonlySet<string> = new Set(['initialize', 'server/discover']);

const hasDefinitions = (method: string): boolean => OPENINGS.has(method) || LOCKED_LISTS.has(method);

/** A client may write a method with escapes, which a server reads as the same one. */
const plainMethod = (raw: string): string => (raw.includes('\\') ? String(fromWire(`"${raw}"`)) : raw);

/** `onTaken`: copies of earlier answers no longer hold. */
export const createEnforcedLock = (deps: { redact: (text: string) => string; onTaken: () => void }): EnforcedLock => {
  const { redact } = deps;
  let version = 0;
  let lock: IndexedLock | null = null;
  /** By name of the tool, of the latest list. */
  const live = new Map<string, string>();

  const learn = (result: unknown) => {
    const tools = isRecord(result) ? result['tools'] : null;
    if (!Array.isArray(tools)) return;
    for (const tool of tools) {
      if (!isRecord(tool) || !isText(tool['name'])) continue;
      live.set(tool['name'], callDigest(redacted(tool, redact)));
    }
  };

  const isCallable = (name: string): boolean | null => {
    const digest = live.get(name);
    return digest === undefined ? null : (lock?.tools.get(name)?.callable.includes(digest) ?? false);
  };

  const shownInstructions = (result: Record<string, unknown>, { instructions }: IndexedLock) => {
    const given = result['instructions'];
    const text = isText(given) ? redact(given) : null;
    if (instructions.includes(text)) return result;
    const { instructions: _hidden, ...others } = result;
    const [agreed] = instructions;
    return agreed == null ? others : { ...others, instructions: agreed };
  };

  const shownResult = (lock: IndexedLock, method: string, text: string, result: unknown): string => {
    // A client's parser may be more lenient: such text could hold any definition.
    if (!isRecord(result)) return '{}';
    const shown = LOCKED_LISTS.has(method)
      ? showList(method, result, { lock, redact })
      : shownInstructions(result, lock);
    return shown === result ? text : toWire(shown);
  };

  return {
    take(held) {
      if (held.version < version) return false;
      version = held.version;
      lock = held.lock && indexLock(held.lock);
      if (lock === null) live.clear();
      deps.onTaken();
      return true;
    },
    isHeld: () => lock !== null,
    wants(request, response) {
      const needed = request.headers[LOCK_HEADER];
      if (needed === undefined || Number(needed) <= version) return false;
      refuseRequest(request, response, 428, 'The definitions that were agreed to are wanted first.', {
        headers: { [LOCK_WANTED_HEADER]: '1' },
      });
      return true;
    },
    refusal(request, id) {
      const method = plainMethod(request.method ?? '');
      const reason = lock && refusalOf(lock, { ...request, method }, isCallable);
      if (reason === null) return null;
      return scan(errorMessage(id, RPC.INVALID_PARAMS, reason, { code: 'DEFINITION_HELD' }));
    },
    answered(rawMethod, answer, isForClient) {
      const { id, text, result, error } = answer;
      if (lock === null || id === null) return answer;
      const method = plainMethod(rawMethod);
      if (!hasDefinitions(method)) return answer;
      const raw = result && slice(text, result);
      const read = raw === null ? null : fromWire(raw);
      if (method === 'tools/list') learn(read);
      if (!isForClient) return answer;
      // The message is made again of what was read: it could hold a second result, under a name with escapes.
      if (raw !== null) return scan(resultMessage(id, shownResult(lock, method, raw, read))) ?? answer;
      return error === null ? answer : (scan(errorAnswer(id, slice(text, error))) ?? answer);
    },
    shown: (method, result) =>
      lock !== null && hasDefinitions(method) ? shownResult(lock, method, result, fromWire(result)) : result,
  };
};
