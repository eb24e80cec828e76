import { toPublicSessionId } from './session-id.ts';

const FIRST_EVENT_BYTES_MAX = 4_096;
/** Comments (keep-alives), then the first event up to its blank line. */
const FIRST_EVENT = /^((?:(?::[^\n]*)?\r?\n)*)((?:[^:\r\n][^\n]*\n)+)\r?\n/;
const IS_ENDPOINT = /^event: ?endpoint\r?$/m;
const DATA_LINE = /^data: ?(.*)$/m;
/** An id that fits into a header. */
const CONNECTION = /^[\w.-]{1,128}$/;
const BASE = 'http://host.invalid/';

/**
 * The old HTTP+SSE transport begins with an `endpoint` event that says where messages go. It is rewritten: the session
 * gets its machine in front, and the address stays below the endpoint whatever the machine says. Everything after it
 * passes as it is.
 */
export function createEndpointEventRewriter(machineId: string) {
  let held: Buffer | null = Buffer.alloc(0);
  let connection: string | null = null;
  return {
    /** The host's id of the connection; null before the event has come, and for an id that no host of ours makes. */
    get connection(): string | null {
      return connection;
    },
    /** Returns the bytes that may go on now (perhaps none yet); null when the stream does not begin as it must. */
    push: (chunk: Buffer): Buffer | null => {
      if (held === null) return chunk;
      held = Buffer.concat([held, chunk]);
      const text = held.toString('latin1', 0, FIRST_EVENT_BYTES_MAX);
      const found = FIRST_EVENT.exec(text);
      if (!found) return held.length > FIRST_EVENT_BYTES_MAX ? null : Buffer.alloc(0);
      const [whole, comments = '', event = ''] = found;
      const query = IS_ENDPOINT.test(event) ? queryOf(DATA_LINE.exec(event)?.[1] ?? '') : null;
      const session = query?.get('sessionId');
      if (!query || !session) return null;
      connection = CONNECTION.test(session) ? session : null;
      query.set('sessionId', toPublicSessionId(machineId, session));
      const rest = held.subarray(whole.length);
      held = null;
      return Buffer.concat([Buffer.from(`${comments}event: endpoint\ndata: messages?${query}\n\n`, 'latin1'), rest]);
    },
  };
}

function queryOf(data: string): URLSearchParams | null {
  const address = data.trim();
  return URL.canParse(address, BASE) ? new URL(address, BASE).searchParams : null;
}
