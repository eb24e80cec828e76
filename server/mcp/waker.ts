import { isAsleep } from '#server/domain/deployments/status.ts';
import type { Route } from './route.ts';
import type { RouteTable } from './route-table.ts';

const HOLD_MS_MAX = 30_000;
/** The change is heard of by an event; this is for one that was lost. */
const LOOK_AGAIN_MS = 2_000;

export type WakerDeps = {
  routes: RouteTable;
  /** Asks for the machine to be woken; returns when that was asked, not when it is done. */
  wake: (deploymentId: string) => Promise<void>;
  /**
   * Waits until the machine of an awake deployment answers; false when it did not before the signal. Right after a start
   * not every node of Fly's proxy knows the machine, and what it refused then may not be sent twice.
   */
  answers?: (route: Route, signal: AbortSignal) => Promise<boolean>;
  holdMsMax?: number | undefined;
};

/** `answers`: false for a machine that is awake and did not answer a look of ours before the time was over. */
export type Awakened = { route: Route | null; answers: boolean };

export interface Waker {
  /** The route as it reads once the machine is awake (or is not going to be), or after 30 s as it reads then. */
  awaken(deploymentId: string): Promise<Awakened>;
  /** Reports whether a wake is under way, or the machine does not answer yet. */
  isUnderWay(deploymentId: string): boolean;
  close(): void;
}

/** Wakes a sleeping machine once for all callers, each of whom is held for as long as the wake takes. */
export function createWaker({ routes, wake, answers = async () => true, holdMsMax = HOLD_MS_MAX }: WakerDeps): Waker {
  const flights = new Map<string, Promise<Awakened>>();
  const closing = new AbortController();

  const fly = async (deploymentId: string): Promise<Awakened> => {
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
        if (until.aborted) return { route, answers: true };
        if (route === null || !isAsleep(route))
          return { route, answers: route === null || (await answers(route, until)) };
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
    isUnderWay: (deploymentId) => flights.has(deploymentId),
    close: () => closing.abort(),
  };
}
