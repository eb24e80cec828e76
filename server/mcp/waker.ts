import type { Route } from './route.ts';
import type { RouteTable } from './route-table.ts';

const HOLD_MS_MAX = 30_000;
/** The change is heard of by an event; this is for one that was lost. */
const LOOK_AGAIN_MS = 2_000;

export type WakerDeps = {
  routes: RouteTable;
  /** Asks for the machine to be woken; returns when that was asked, not when it is done. */
  wake: (deploymentId: string) => Promise<void>;
  holdMsMax?: number | undefined;
};

export interface Waker {
  /** The route as it reads once the machine is awake (or is not going to be), or after 30 s as it reads then. */
  awaken(deploymentId: string): Promise<Route | null>;
  close(): void;
}

/** Wakes a sleeping machine once for all callers, each of whom is held for as long as the wake takes. */
export function createWaker({ routes, wake, holdMsMax = HOLD_MS_MAX }: WakerDeps): Waker {
  const flights = new Map<string, Promise<Route | null>>();
  const closing = new AbortController();

  const fly = async (deploymentId: string): Promise<Route | null> => {
    const until = AbortSignal.any([closing.signal, AbortSignal.timeout(holdMsMax)]);
    let look = () => {};
    const stop = routes.onInvalidated((changed) => {
      if (changed === null || changed === deploymentId) look();
    });
    const onOver = () => look();
    until.addEventListener('abort', onOver);
    try {
      await wake(deploymentId);
      for (;;) {
        const changed = new Promise<void>((resolve) => {
          const timer = setTimeout(() => {
            routes.invalidate(deploymentId); // which looks again
          }, LOOK_AGAIN_MS);
          look = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        const route = await routes.resolve(deploymentId);
        if (until.aborted || route?.status !== 'ASLEEP') return route;
        await changed;
      }
    } finally {
      look();
      stop();
      until.removeEventListener('abort', onOver);
    }
  };

  return {
    awaken: (deploymentId) => {
      const under = flights.get(deploymentId);
      if (under) return under;
      const flight = fly(deploymentId).finally(() => flights.delete(deploymentId));
      flights.set(deploymentId, flight);
      return flight;
    },
    close: () => closing.abort(),
  };
}
