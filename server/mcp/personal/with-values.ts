import type { Dispatcher } from 'undici';
import { VALUES_WANTED_HEADER } from '#deploy/host/header-contract.ts';
import { BODY_BYTES_MAX } from '../exchange.ts';
import type { Sockets, UpstreamRequest } from '../upstream.ts';

/** A host may lose values between two requests, as when it is restarted, but not for ever. */
const TRIES_MAX = 3;

/**
 * The same sockets, for requests that need something of the host, such as a caller's own values. A host that does not
 * hold it answers 428 with the header `wanted` before it begins with a request: it is given, and the request is sent
 * again. Nothing else is ever sent twice.
 */
export function withValues(
  upstream: Sockets,
  headers: readonly string[],
  give: () => Promise<void>,
  wanted: string = VALUES_WANTED_HEADER,
): Sockets {
  const dispatch = (
    origin: string,
    request: UpstreamRequest & { body: Buffer | null },
    handler: Dispatcher.DispatchHandler,
    triesLeft: number,
  ): void => {
    let isWanted = false;
    const again = (controller: Dispatcher.DispatchController) => {
      give().then(
        () => dispatch(origin, request, handler, triesLeft - 1),
        (cause: unknown) =>
          handler.onResponseError?.(controller, cause instanceof Error ? cause : new Error(String(cause))),
      );
    };
    upstream.dispatch(origin, request, {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onResponseStart: (controller, status, answered, message) => {
        isWanted = status === 428 && answered[wanted] !== undefined && triesLeft > 1;
        if (!isWanted) handler.onResponseStart?.(controller, status, answered, message);
      },
      onResponseData: (controller, data) => {
        if (!isWanted) handler.onResponseData?.(controller, data);
      },
      onResponseEnd: (controller, trailers) => {
        if (isWanted) again(controller);
        else handler.onResponseEnd?.(controller, trailers);
      },
      onResponseError: (controller, error) => {
        handler.onResponseError?.(controller, error);
      },
    });
  };

  return {
    dispatch: (origin, request, handler) => {
      const named = { ...request, headers: [...request.headers, ...headers] };
      const { body } = request;
      if (body === null || Buffer.isBuffer(body)) {
        dispatch(origin, { ...named, body }, handler, TRIES_MAX);
        return;
      }
      readWhole(body).then(
        (whole) => dispatch(origin, { ...named, body: whole }, handler, TRIES_MAX),
        () => {}, // the client left, or was refused
      );
    },
  };
}

/** A body that may have to be sent again is read first; the exchange refuses one that is too large. */
async function readWhole(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error('The body is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
