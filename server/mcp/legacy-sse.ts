import { toPublicSessionId } from './session-id.ts';

const FIRST_EVENT_BYTES_MAX = 4_096;
/** Comments (keep-alives), then the first event up to its blank line. */
const FIRST_EVENT = /^((?:(?::[^\n]*)?\r?\n)*)((?:[^:\r\n][^\n]*\n)+)\r?\n/;
const IS_ENDPOINT = /^event: ?endpoint\r?$/m;
const DATA_LINE = /^data: ?(.*)$/m;
const BASE = 'http://host.invalid/';

/**
 * The old HTTP+SSE transport begins with an `endpoint` event that says where messages go. It is rewritten: the session
 * gets its machine in front, and the address stays below the endpoint whatever the machine says. Everything after it
 * passes as it is.
 */
export function createEndpointEventRewriter(machineId: string) {
  let held: Buffer | null = Buffer.alloc(0);
  return {
    /** Returns the bytes that may go on now (perhaps none yet); null when the stream does not begin as it must. */
    push: (chunk: Buffer): Buffer | null => {
      if (held === null) return chunk;
      held = Buffer.concat([held, chunk]);
      const text = held.toString('latin1', 0, FIRST_EVENT_BYTES_MAX);
      const found = FIRST_EVENT.exec(text);
      if (!found) return held.length > FIRST_EVENT_BYTES_MAX ? null : Buffer.alloc(0);
      const [whole, comments = '', event = ''] = found;
      const endpoint = IS_ENDPOINT.test(event) ? toRelativeEndpoint(DATA_LINE.exec(event)?.[1] ?? '', machineId) : null;
      if (endpoint === null) return null;
      const rest = held.subarray(whole.length);
      held = null;
      return Buffer.concat([Buffer.from(`${comments}event: endpoint\ndata: ${endpoint}\n\n`, 'latin1'), rest]);
    },
  };
}

function toRelativeEndpoint(data: string, machineId: string): string | null {
  const address = data.trim();
  if (!URL.canParse(address, BASE)) return null;
  const { searchParams } = new URL(address, BASE);
  const session = searchParams.get('sessionId');
  if (session === null || session === '') return null;
  searchParams.set('sessionId', toPublicSessionId(machineId, session));
  return `messages?${searchParams}`;
}
