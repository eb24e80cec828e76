import { invalidInput, UserError } from '../errors.ts';
import { boundedGet, type Got } from '../outbound/bounded-get.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';

/** How long a service may take to say whether it accepts a key. */
export const CHECK_TIMEOUT_MS = 10_000;
const BYTES_MAX = 200_000;

export type ServiceAnswer = { status: number; headers: Headers; json: unknown };

/** Asks a service about the key that asks. Throws SERVICE_UNREACHABLE, and the signal's reason. */
export async function askService(
  fetch: SafeFetch,
  question: { service: string; url: string; key: string; signal: AbortSignal },
): Promise<ServiceAnswer> {
  const { service, url, key, signal } = question;
  let got: Got;
  try {
    got = await boundedGet(fetch, {
      url,
      headers: { accept: 'application/json', authorization: `Bearer ${key}` },
      signal,
      timeoutMs: CHECK_TIMEOUT_MS,
      bytesMax: BYTES_MAX,
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw serviceAway(service, cause);
  }
  if (got.status === 429 || got.status >= 500) throw serviceAway(service, `It answered ${got.status}.`);
  return { status: got.status, headers: got.headers, json: parseJson(got.body) };
}

/** The service answered, and does not accept the key. `field` is the name of the input it came in. */
export const keyRefused = (field: string, message: string, hint?: string): UserError =>
  invalidInput(message, [{ field, message }], hint);

/** The key could not be checked: it is neither saved nor called wrong. */
export const serviceAway = (service: string, cause: unknown): UserError =>
  new UserError('SERVICE_UNREACHABLE', `${service} did not answer, so the key could not be checked.`, {
    kind: 'upstream',
    hint: 'Nothing was changed. Try again in a minute.',
    retryable: true,
    cause,
  });

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null; // what it is not, the reader's schema says
  }
}
