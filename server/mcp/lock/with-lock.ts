import { LOCK_HEADER, LOCK_WANTED_HEADER } from '#deploy/host/lock-contract.ts';
import { withValues } from '../personal/with-values.ts';
import type { MachineTarget, Route } from '../route.ts';
import type { Sockets } from '../upstream.ts';
import type { GiveLock } from './give-lock.ts';

/**
 * The same sockets, for a deployment whose definitions are, or were, held. A host that holds an older lock answers 428
 * before it begins: the lock is given, and the request is sent again. A restarted host holds none, so that no client ever
 * sees what was not agreed to.
 */
export const withLock = (upstream: Sockets, route: Route, target: MachineTarget, give: GiveLock | null): Sockets =>
  route.lockVersion === 0 || give === null
    ? upstream
    : withValues(
        upstream,
        [LOCK_HEADER, String(route.lockVersion)],
        () => give(route.deploymentId, target),
        LOCK_WANTED_HEADER,
      );
