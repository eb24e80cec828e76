import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { isBehindFlyProxy } from '#deploy/address.ts';
import { HOST_TOKEN_HEADER } from '#deploy/host/header-contract.ts';
import type { MachineTarget, Route } from './route.ts';
import type { Upstream } from './upstream.ts';

const LOOK_MS_MAX = 2_000;
const PAUSE_MS_FIRST = 50;
const PAUSE_MS_MAX = 1_000;

/**
 * Waits until the machine of a deployment answers through Fly's proxy; false when it did not before the signal. On any
 * other way a machine that is awake can be reached at once.
 */
export const createReachability =
  (upstream: Pick<Upstream, 'dispatcher'>) =>
  async (route: Route, signal: AbortSignal): Promise<boolean> => {
    const target = route.current;
    if (target === null || !isBehindFlyProxy(target.headers)) return true;
    for (let pauseMs = PAUSE_MS_FIRST; !signal.aborted; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
      if (await answersStatus(upstream, target, signal)) return true;
      await pause(pauseMs, undefined, { signal }).catch(() => {}); // the loop ends with the signal
    }
    return false;
  };

async function answersStatus(
  upstream: Pick<Upstream, 'dispatcher'>,
  { origin, headers, token }: MachineTarget,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const answer = await request(`${origin}/status`, {
      dispatcher: upstream.dispatcher(origin),
      headers: { ...headers, [HOST_TOKEN_HEADER]: token },
      signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS_MAX)]),
    });
    await answer.body.dump();
    return answer.statusCode === 200;
  } catch {
    return false; // not yet
  }
}
