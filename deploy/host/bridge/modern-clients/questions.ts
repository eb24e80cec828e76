import { memberText, withoutMembers } from '../json-edit.ts';
import { errorMessage, RPC, resultMessage } from '../json-rpc.ts';
import { capabilityFor } from '../protocol-names.ts';
import type { SessionPeer } from '../session.ts';

/** A request of a legacy child that is to be put to its client. */
export type Question = { id: string; method: string; params: string | null };

const modeOf = (params: string | null): string | null =>
  params === null ? null : memberText(params, { start: 0, end: params.length }, 'mode');

/** The capability that a client lacks for the question, as -32021 names it; null if it lacks none. */
export const missingCapability = (
  { method, params }: Pick<Question, 'method' | 'params'>,
  capabilities: Record<string, unknown>,
): Record<string, unknown> | null => {
  const capability = capabilityFor(method);
  if (capability === null) return null;
  const declared = capabilities[capability];
  const needsUrl = capability === 'elicitation' && modeOf(params) === '"url"';
  const isDeclared =
    typeof declared === 'object' && declared !== null && (!needsUrl || ('url' in declared && Boolean(declared.url)));
  return isDeclared ? null : { [capability]: needsUrl ? { url: {} } : {} };
};

/** 2026-07-28 has dropped the id of an elicitation (changelog, minor change 11). */
const modernParams = ({ method, params }: Question): string | null =>
  method === 'elicitation/create' && params !== null
    ? withoutMembers(params, { start: 0, end: params.length }, (name) => name === 'elicitationId' || name === 'task')
    : params;

/** The open questions of a call under keys of their own, as `inputRequests` has them. */
export const createQuestions = (peer: SessionPeer) => {
  const open = new Map<string, Question>();
  let asked = 0;

  return {
    get size(): number {
      return open.size;
    },
    get characters(): number {
      let sum = 0;
      for (const { params } of open.values()) sum += params?.length ?? 0;
      return sum;
    },
    add(question: Question): void {
      asked += 1;
      open.set(`${capabilityFor(question.method) ?? 'question'}_${asked}`, question);
    },
    has: (key: string): boolean => open.has(key),
    asInputRequests: (): string =>
      `{${[...open]
        .map(([key, question]) => {
          const params = modernParams(question);
          return `"${key}":{"method":"${question.method}"${params === null ? '' : `,"params":${params}`}}`;
        })
        .join(',')}}`,
    /** Gives the child the client's response, raw JSON text. */
    respond(key: string, response: string): void {
      const question = open.get(key);
      if (!question) return;
      open.delete(key);
      peer.send(resultMessage(question.id, response));
    },
    /** The child no longer wants the answer. */
    withdraw(id: string): void {
      for (const [key, question] of open) if (question.id === id) open.delete(key);
    },
    /** Gives up all questions, unanswered. */
    takeAll(): Question[] {
      const taken = [...open.values()];
      open.clear();
      return taken;
    },
    refuseAll(message: string): void {
      for (const { id } of open.values()) peer.send(errorMessage(id, RPC.SERVER, message));
      open.clear();
    },
  };
};

export type Questions = ReturnType<typeof createQuestions>;
