import type { Clock } from '../clock.ts';
import { isNotFound, isUnauthorized, MachinesError } from './errors.ts';

/** Fly's own client bears a 404 and a 401 of a new app for one minute; twice that is on the safe side. */
const NEW_MS = 120_000;
const APPS_MAX = 1_000;

/**
 * Remembers which apps were created a moment ago. Not every part of Fly knows such an app: its 401, 403 or 404 is then no
 * verdict about the token or the machine, and the same call succeeds later (flyctl#3105). first hour: F2
 */
export const createNewApps = (clock: Clock) => {
  const createdAt = new Map<string, number>();

  const isNew = (app: string): boolean => {
    const at = createdAt.get(app);
    if (at === undefined) return false;
    if (clock.now() - at < NEW_MS) return true;
    createdAt.delete(app);
    return false;
  };

  return {
    add: (app: string): void => {
      createdAt.set(app, clock.now());
      const oldest = createdAt.keys().next();
      if (createdAt.size > APPS_MAX && !oldest.done) createdAt.delete(oldest.value);
    },
    /** A machine was created in the app: from now on its refusals are verdicts. */
    settle: (app: string): void => {
      createdAt.delete(app);
    },
    /** Turns an error that only says "not everywhere yet" into one of kind `not-yet`; returns any other as it is. */
    explain: (path: string, error: unknown): unknown => {
      const app = /^\/apps\/([^/?]+)\//.exec(path)?.[1];
      if (app === undefined || !(error instanceof MachinesError)) return error;
      if (!(isNotFound(error) || isUnauthorized(error)) || !isNew(decodeURIComponent(app))) return error;
      const { operation, status, code, requestId, sent } = error;
      const message = `Fly does not know the new app everywhere yet: ${error.message}`;
      return new MachinesError(message, { kind: 'not-yet', operation, status, code, requestId, sent, cause: error });
    },
  };
};
