import type { EndpointRequest } from '../gate.ts';
import { REQUEST_ID_ANSWER_HEADER } from '../refusal.ts';
import { SAFETY_HEADERS } from '../response-head.ts';
import { readAsleepRequest } from './asleep-answer.ts';
import { acceptsEvents } from './listening-request.ts';

/** A quicker wake is not worth a stream. */
const FIRST_AFTER_MS = 1_000;
const EVERY_MS = 5_000;

export interface WakeProgress {
  /** The client has the head of an event stream: the answer has to come as an event. */
  readonly begun: boolean;
  stop(): void;
}

/**
 * Tells a held client that its server wakes up, if the request asked for progress. The values rise towards zero, so that
 * those of the call itself go on above them (2025-11-25, progress). `initialize` is left out: its answer has a session
 * in its head. Null for a request that did not ask.
 */
export function tellWakeProgress(request: EndpointRequest): WakeProgress | null {
  const asked = request.body && readAsleepRequest(request.body.toString());
  const token = asked && tokenIn(asked.params['_meta']);
  if (!asked || token === null || asked.id === null || asked.method === 'initialize') return null;
  if (!acceptsEvents(request)) return null;
  const { res, requestId, cors } = request;
  let count = 0;
  let timer: NodeJS.Timeout;

  const send = () => {
    if (res.destroyed) return;
    if (count === 0) {
      const headers = ['content-type', 'text/event-stream', 'cache-control', 'no-cache, no-transform'];
      headers.push('x-accel-buffering', 'no', REQUEST_ID_ANSWER_HEADER, requestId, ...SAFETY_HEADERS, ...cors);
      res.writeHead(200, headers);
    }
    count += 1;
    const params = { progressToken: token, progress: -1 / count, message: 'The server is waking up.' };
    const message = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params });
    res.write(`event: message\ndata: ${message}\n\n`);
    timer = setTimeout(send, EVERY_MS);
  };
  timer = setTimeout(send, FIRST_AFTER_MS);
  return {
    get begun() {
      return count > 0;
    },
    stop: () => clearTimeout(timer),
  };
}

function tokenIn(meta: unknown): string | number | null {
  if (typeof meta !== 'object' || meta === null || !('progressToken' in meta)) return null;
  const { progressToken } = meta;
  return typeof progressToken === 'string' || typeof progressToken === 'number' ? progressToken : null;
}
