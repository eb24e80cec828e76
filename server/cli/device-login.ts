import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { CliFailure } from './failure.ts';
import { notCatwalk, unreachable } from './responses.ts';

const REQUEST_TIMEOUT_MS = 30_000;
const SLOWER_SECONDS = 5;

const startedSchema = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.url({ protocol: /^https?$/ }),
  expires_in: z.number(),
  interval: z.number().default(5),
});
const tokenSchema = z.object({ access_token: z.string(), scope: z.string() });
const refusalSchema = z.object({ error: z.string() });

export type DeviceCode = { code: string; url: string };

type Options = {
  /** The name that the page shows for this program, such as this computer's name. */
  name: string;
  scope: 'read' | 'write';
  signal: AbortSignal;
  /** Called with the page to open and the code to compare. */
  onCode: (code: DeviceCode) => void;
};

/** Waits until a person allows this program (RFC 8628). Returns its API token. */
export async function deviceLogin(server: string, { name, scope, signal, onCode }: Options): Promise<string> {
  const begun = await post(server, 'code', { client_name: name, scope }, signal);
  const started = startedSchema.safeParse(begun.body).data;
  if (!begun.ok || !started) throw notCatwalk(server, begun.response);
  onCode({ code: started.user_code, url: `${started.verification_uri}#${started.user_code}` });

  let seconds = started.interval;
  const until = performance.now() + started.expires_in * 1_000;
  while (performance.now() < until) {
    await wait(seconds * 1_000, undefined, { signal });
    const answer = await post(server, 'token', { device_code: started.device_code }, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof CliFailure && error.retryable) return null; // the server or the network restarts
      throw error;
    });
    const token = tokenSchema.safeParse(answer?.body).data;
    if (answer?.ok && token) return token.access_token;
    const error = refusalSchema.safeParse(answer?.body).data?.error;
    if (answer === null || error === 'authorization_pending') continue;
    if (error === 'slow_down' || answer.response.status === 429) seconds += SLOWER_SECONDS;
    else if (error === 'access_denied') throw new CliFailure('FORBIDDEN', 'Access was denied.');
    else if (error === 'expired_token') break;
    else throw notCatwalk(server, answer.response);
  }
  throw new CliFailure('DETACHED', 'The code expired before this program was allowed.', { hint: 'Run it again.' });
}

async function post(server: string, path: string, body: Record<string, string>, signal: AbortSignal) {
  try {
    const response = await fetch(`${server}/api/device/${path}`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    const parsed: unknown = await response.json().catch(() => null);
    return { ok: response.ok, response, body: parsed };
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(server, error);
  }
}
