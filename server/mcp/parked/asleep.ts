import { randomUUID } from 'node:crypto';
import type { OfferedAnswers } from '#deploy/host/contract.ts';
import type { AsleepSessions } from '#server/domain/deployments/intents/kept-session.ts';
import { type Grant, toPrincipal } from '../access.ts';
import type { EndpointRequest } from '../gate.ts';
import { REQUEST_ID_ANSWER_HEADER, sendEnded } from '../refusal.ts';
import { SAFETY_HEADERS } from '../response-head.ts';
import type { Route } from '../route.ts';
import { splitSessionId, toPublicSessionId } from '../session-id.ts';
import { offerInView } from '../views/asleep-view.ts';
import { viewIn } from '../views/view-in.ts';
import { type AsleepRequest, answerAsleep, readAsleepRequest, toWire } from './asleep-answer.ts';
import type { LoadOffer, OfferOf } from './offer-cache.ts';

/** A larger request is no question for a list. */
const BODY_BYTES_MAX = 16 * 1024;

export type AsleepDeps = { loadOffer: LoadOffer; sessions: AsleepSessions };

/** `answered`: with what. `listen`: the stream is to be parked behind the acknowledgment. `wake`: the child is needed. */
export type AsleepOutcome =
  | { kind: 'answered'; method: string; bytesOut: number }
  | { kind: 'listen'; acknowledgment: string }
  | { kind: 'wake' };

const WAKE: AsleepOutcome = { kind: 'wake' };

/** Reports whether the body of a request has to be read before it is known if the request wakes the machine. */
export const mustRead = ({ method, path, head, body }: EndpointRequest): boolean =>
  method === 'POST' &&
  path.kind === 'main' &&
  body === null &&
  head.contentLength !== null &&
  head.contentLength > 0 &&
  head.contentLength <= BODY_BYTES_MAX;

/** Reads the body of a request whose length is bounded; null if its client leaves. */
export function readSmallBody({ req }: EndpointRequest): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => resolve(Buffer.concat(chunks)));
    req.on('close', () => resolve(null));
  });
}

/** Answers for the machine of a deployment that sleeps, where no child is needed. */
export function createAsleep({ offerOf, sessions }: { offerOf: OfferOf; sessions: AsleepSessions }) {
  const bytesOf = createSharedBytes();

  const openSession = async (
    { deploymentId }: Route,
    machineId: string,
    grant: Grant,
    body: Buffer,
    protocolVersion: string,
  ): Promise<string | null> => {
    const session = {
      id: randomUUID(),
      principal: toPrincipal(grant),
      protocolVersion,
      initialize: toWire(body.toString()),
      remembered: [],
    };
    const isKept = await sessions.open(deploymentId, machineId, session);
    return isKept ? toPublicSessionId(machineId, session.id) : null;
  };

  return {
    /** `machineId`: the one whose sessions the request may name. */
    async answer(request: EndpointRequest, route: Route, grant: Grant, machineId: string): Promise<AsleepOutcome> {
      const { head, body } = request;
      const asked = body && readAsleepRequest(body.toString());
      if (!body || !asked) return WAKE;
      const whole = route.hasOffer ? await offerOf(route) : null;
      const view = viewIn(route, grant);
      const offer = view === null ? whole : offerInView(whole, view);
      const answer = answerAsleep(asked, head, offer);
      switch (answer.kind) {
        case 'result':
          return sendResult(request, asked, bytesOf(offer, answer.result), null);
        case 'accepted':
          request.res.writeHead(202, headersOf(request)).end();
          return { kind: 'answered', method: asked.method, bytesOut: 0 };
        case 'open': {
          if (route.phase !== null) return WAKE;
          const session = await openSession(route, machineId, grant, body, answer.protocolVersion);
          return session === null ? WAKE : sendResult(request, asked, bytesOf(offer, answer.result), session);
        }
        case 'listen':
          return answer;
        case 'wake':
          return WAKE;
      }
    },

    /** Ends a session without its machine. */
    async end(request: EndpointRequest, route: Route, grant: Grant): Promise<void> {
      const session = splitSessionId(request.head.sessionId ?? '')?.sessionId;
      if (session !== undefined) await sessions.end(route.deploymentId, session, toPrincipal(grant));
      sendEnded(request);
    },
  };
}

/** The bytes of an answer, once for all who receive it: however many do not read theirs, they wait for the same bytes. */
function createSharedBytes() {
  const shared = new WeakMap<OfferedAnswers, Map<string, Buffer>>();
  return (offer: OfferedAnswers | null, result: string): Buffer => {
    const known = offer && (shared.get(offer) ?? new Map<string, Buffer>());
    const bytes = known?.get(result) ?? Buffer.from(result, 'latin1');
    if (known && offer) shared.set(offer, known.set(result, bytes));
    return bytes;
  };
}

const headersOf = ({ requestId, cors }: EndpointRequest): string[] => [
  REQUEST_ID_ANSWER_HEADER,
  requestId,
  'cache-control',
  'no-store',
  ...SAFETY_HEADERS,
  ...cors,
];

function sendResult(
  request: EndpointRequest,
  { id, method }: AsleepRequest,
  result: Buffer,
  session: string | null,
): AsleepOutcome {
  const start = Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`);
  const bytesOut = start.length + result.length + 1;
  const headers = headersOf(request);
  headers.push('content-type', 'application/json', 'content-length', String(bytesOut));
  if (session !== null) headers.push('mcp-session-id', session);
  request.res.writeHead(200, headers);
  request.res.write(start);
  request.res.write(result);
  request.res.end('}');
  return { kind: 'answered', method, bytesOut };
}
