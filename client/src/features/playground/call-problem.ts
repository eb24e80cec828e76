import { requestProblem } from '../../apollo/problem.ts';
import { isObject } from '../schema-form/node.ts';

export type CallProblem = { code: string; message: string; hint: string };

const HINTS: Readonly<Record<string, string>> = {
  STOPPED: 'Start it, then call again.',
  DEPLOYING: 'Call again when it runs.',
  STARTING: 'Call again when it runs.',
  WAKING: 'Call again in a moment: waking goes on.',
  LIMIT_REACHED: 'Wait a little, then call again.',
};
const OTHERWISE = 'The log of the deployment may say more.';

export const CANCELLED: CallProblem = {
  code: 'CANCELLED',
  message: 'You cancelled this call.',
  hint: 'The server was told; what it had begun may have happened.',
};

/** Why nothing came back, in words. What the endpoint refuses with is a JSON-RPC error in the body of its answer. */
export function callProblem(error: unknown): CallProblem {
  if (error instanceof TypeError) {
    const { code, message, hint } = requestProblem(error);
    return { code, message, hint: hint ?? OTHERWISE };
  }
  const refusal = refusalIn(error);
  const code = isObject(refusal?.['data']) ? refusal['data']['code'] : undefined;
  const message = refusal?.['message'] ?? (error instanceof Error ? error.message : error);
  return {
    code: typeof code === 'string' ? code : 'CALL_FAILED',
    message: String(message),
    hint: (typeof code === 'string' ? HINTS[code] : undefined) ?? OTHERWISE,
  };
}

/** The JSON-RPC error that an HTTP error carries; null when it carries none. */
function refusalIn(error: unknown): Record<string, unknown> | null {
  const data = isObject(error) && isObject(error['data']) ? error['data'] : {};
  try {
    const body: unknown = JSON.parse(typeof data['text'] === 'string' ? data['text'] : '');
    return isObject(body) && isObject(body['error']) ? body['error'] : null;
  } catch {
    return null; // an HTML page of a proxy in between, or nothing at all
  }
}
