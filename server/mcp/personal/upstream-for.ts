import {
  VALUES_HEADER,
  VALUES_MISSING,
  VALUES_NAMES_HEADER,
  VALUES_PAGE_HEADER,
} from '#deploy/host/header-contract.ts';
import { type Grant, toPrincipal } from '../access.ts';
import { createGiveLock, type LockDeps } from '../lock/give-lock.ts';
import { withLock } from '../lock/with-lock.ts';
import type { MachineTarget, Route } from '../route.ts';
import type { Sockets, Upstream } from '../upstream.ts';
import type { ThroughView } from '../views/give-view.ts';
import { callerState } from './caller-values.ts';
import { createGiveValues, type ValuesDeps } from './give-values.ts';
import { withValues } from './with-values.ts';

/** Chooses how a caller's requests reach a machine: as they are, through a view, with the caller's own values. */
export type UpstreamFor = (route: Route, grant: Grant, target: MachineTarget) => Sockets;

export function createUpstreamFor(
  base: Upstream,
  deps: ValuesDeps | null,
  lock: LockDeps | null,
  views: Pick<ThroughView, 'sockets'>,
): UpstreamFor {
  const giveLock = lock && createGiveLock(lock);
  const giveValues = deps && createGiveValues(deps);
  return (route, grant, target) => {
    const upstream = views.sockets(withLock(base, route, target, giveLock), route, grant, target);
    const state = callerState(route, grant);
    if (state === null || deps === null || giveValues === null) return upstream;
    const { deploymentId } = route;
    const { revision, missing } = state;
    if (missing.length > 0) {
      const page = deps.pageFor(deploymentId, grant.kind === 'token' ? 'token' : 'person');
      const headers = [
        ...[VALUES_HEADER, VALUES_MISSING],
        ...[VALUES_NAMES_HEADER, missing.join(',')],
        ...[VALUES_PAGE_HEADER, page],
      ];
      return withValues(upstream, headers, async () => {});
    }
    const held = { principal: toPrincipal(grant), revision };
    return withValues(upstream, [VALUES_HEADER, revision], () => giveValues(deploymentId, target, held));
  };
}
