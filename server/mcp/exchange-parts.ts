import type { Grant } from './access.ts';
import type { EndpointRequest } from './gate.ts';
import type { createEndpointEventRewriter } from './legacy-sse.ts';
import type { MachineTarget } from './route.ts';
import type { RequestTrace } from './traces.ts';

/** What an exchange is made of: a request that was admitted, and where it goes. */
export type PartsOf<Exchange> = {
  request: EndpointRequest;
  deploymentId: string;
  ownerId: string;
  /** The network of a caller of a public deployment; null for callers with a right of their own. */
  network: string | null;
  /** Path and query at the machine's host. */
  upstreamPath: string;
  grant: Grant;
  principal: string;
  /** The label by which the host records the call; null where calls are not recorded. */
  caller: string | null;
  /** The host records arguments and results, too. */
  recordsBodies: boolean;
  /** Names the caller's own values under which it was let in; null where callers have none. */
  state: string | null;
  target: MachineTarget;
  /** The session as the host knows it. */
  sessionId: string | null;
  rewriter: ReturnType<typeof createEndpointEventRewriter> | null;
  /** It waited for a sleeping machine. */
  isCold: boolean;
  /** Its span; null where requests are not traced. */
  trace: RequestTrace | null;
  /** Called once, when nothing more will come. */
  onSettled: (exchange: Exchange) => void;
  /** The machine did not answer as the one we believe it to be. */
  onStale: (deploymentId: string) => void;
};
