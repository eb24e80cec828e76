import type { Grant } from '../access.ts';
import type { EndpointDeps } from '../endpoint-deps.ts';
import type { EndpointRequest } from '../gate.ts';
import type { Outcome } from '../refusal.ts';
import type { MachineTarget, Route } from '../route.ts';
import { isCurrentSession } from '../session-id.ts';
import { toTracedCall } from '../traced-call.ts';
import { toAsleepUsageCall } from '../usage-call.ts';
import { createAsleep, mustRead, readSmallBody } from './asleep.ts';
import { acceptsEvents, isListening } from './listening-request.ts';
import type { OfferOf } from './offer-cache.ts';

/** A machine that sleeps: nothing is sent to it before it is awake and has an address. */
const ASLEEP_TARGET = { origin: 'http://asleep.invalid', headers: {}, token: '' };

type Dispatch = (request: EndpointRequest, route: Route, grant: Grant) => Promise<Outcome>;

export type DispatchAsleepDeps = Pick<EndpointDeps, 'routes' | 'asleep' | 'record' | 'trace'> & {
  /** Null where nothing is answered for machines that sleep. */
  offerOf: OfferOf | null;
  /** Opens the stream of a client that listens, without its machine. */
  forward(
    request: EndpointRequest,
    route: Route,
    grant: Grant,
    machine: MachineTarget,
    options?: { acknowledgment: string },
  ): Outcome;
  /** Wakes the machine, and dispatches to it. */
  wakeAndDispatch: Dispatch;
  /** Dispatches by the status after a wait, in which the right to call may have ended. */
  dispatchIfGranted: Dispatch;
};

/** Dispatches requests to a deployment that answers while it sleeps: answers for its machine, or wakes it. */
export function createDispatchAsleep(deps: DispatchAsleepDeps): Dispatch {
  const { forward, wakeAndDispatch, dispatchIfGranted } = deps;
  const asleep = deps.asleep && deps.offerOf ? createAsleep({ ...deps.asleep, offerOf: deps.offerOf }) : null;
  return async (request, route, grant) => {
    const { currentMachineId: machineId } = route;
    const session = request.head.sessionId;
    const isOurs = machineId !== null && (session === null || isCurrentSession(route, session));
    if (!isOurs || request.path.kind !== 'main') return wakeAndDispatch(request, route, grant);
    const machine = { ...ASLEEP_TARGET, machineId };
    if (request.method === 'GET') {
      return isListening(request) && acceptsEvents(request)
        ? forward(request, route, grant, machine)
        : wakeAndDispatch(request, route, grant);
    }
    if (asleep === null) return wakeAndDispatch(request, route, grant);
    if (request.method === 'DELETE') {
      await asleep.end(request, route, grant);
      return null;
    }
    if (mustRead(request)) {
      request.body = await readSmallBody(request);
      if (request.body === null) return null;
      return dispatchIfGranted(request, route, grant);
    }
    const outcome = await asleep.answer(request, route, grant, machineId);
    switch (outcome.kind) {
      case 'answered':
        deps.record?.(toAsleepUsageCall(request, route, grant, outcome));
        deps.trace?.(toTracedCall(request, request.res.statusCode, null, null));
        return null;
      case 'listen':
        // It woke up, or the right ended, while the offer was read: nothing would tell the stream of that.
        if (deps.routes.peek(route.deploymentId) !== route) return dispatchIfGranted(request, route, grant);
        if (!isListening(request)) return wakeAndDispatch(request, route, grant);
        return forward(request, route, grant, machine, { acknowledgment: outcome.acknowledgment });
      case 'wake':
        return wakeAndDispatch(request, route, grant);
    }
  };
}
