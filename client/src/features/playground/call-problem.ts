import { requestProblem } from '../../apollo/problem.ts';
import { isObject } from '../schema-form/node.ts';

export type CallProblem = { code: string; message: string; hint: string };

const HINTS: Readonly<Record<string, string>> = {
  STOPPED: 'Start the deployment, then call again.',
  DEPLOYING: 'Call again once the deployment is running.',
  STARTING: 'Call again once the deployment is running.',
  WAKING: 'The server is waking up. Call again in a moment.',
  LIMIT_REACHED: 'Wait a moment, then call again.',
};
const DEFAULT_HINT = 'The log of the deployment may have the cause.';

export const CANCELED: CallProblem = {
  code: 'CANCELED',
  message: 'You canceled this call.',
  hint: 'The server was notified, but may have done a part of the work.',
};

/** Describes why a call failed. The endpoint's own errors are JSON-RPC errors in the bodies of its responses. */
export function callProblem(error: unknown): CallProblem {
  if (error instanceof TypeError) {
    const { code, message, hint } = requestProblem(error);
    return { code, message, hint: hint ?? DEFAULT_HINT };
  }
  const rpcError = rpcErrorIn(error);
  const code = isObject(rpcError?.['data']) ? rpcError['data']['code'] : undefined;
  const message = rpcError?.['message'] ?? (error instanceof Error ? error.message : error);
  return {
    code: typeof code === 'string' ? code : 'CALL_FAILED',
    message: String(message),
    hint: (typeof code === 'string' ? HINTS[code] : undefined) ?? DEFAULT_HINT,
  };
}

/** Returns the JSON-RPC error in the body of an HTTP error, or null. */
function rpcErrorIn(error: unknown): Record<string, unknown> | null {
  const data = isObject(error) && isObject(error['data']) ? error['data'] : {};
  try {
    const body: unknown = JSON.parse(typeof data['text'] === 'string' ? data['text'] : '');
    return isObject(body) && isObject(body['error']) ? body['error'] : null;
  } catch {
    return null; // an HTML page of a proxy in between, or an empty body
  }
}
