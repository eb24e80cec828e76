import type { CallProblem } from './call-problem.ts';
import type { CapabilityKind, CapabilityRequest } from './capabilities.ts';
import type { ServerQuestion } from './server-question.ts';
import type { Outcome, WireMessage } from './session.ts';

export type Call = {
  id: number;
  request: CapabilityRequest;
  startedAt: number;
  /** Null while the call is running. */
  tookMs: number | null;
  progress: { progress: number; total?: number | undefined; message?: string | undefined } | null;
  /** What the server asks the user during the call, oldest first. */
  questions: readonly ServerQuestion[];
  outcome: Outcome | null;
  error: CallProblem | null;
  messages: readonly WireMessage[];
};

/** Tells whether a call failed; only the result of a tool can itself be an error. */
export const isFailure = ({ error, outcome }: Pick<Call, 'error' | 'outcome'>): boolean =>
  error !== null || (outcome?.kind === 'tool' && outcome.result.isError === true);

export const isOf = (
  { request }: Pick<Call, 'request'>,
  { kind, name }: { kind: CapabilityKind; name: string },
): boolean => request.kind === kind && request.name === name;

const KEPT_PER_CAPABILITY = 30;
const KEPT_MAX = 200;

/** The newest calls of each tool, prompt and resource: one that is called often does not push out the others. */
export function newestCalls(calls: readonly Call[]): readonly Call[] {
  const counts = new Map<string, number>();
  return calls
    .filter(({ request: { kind, name } }) => {
      const key = `${kind} ${name}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return count <= KEPT_PER_CAPABILITY;
    })
    .slice(0, KEPT_MAX);
}
