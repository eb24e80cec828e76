/** One event of a `text/event-stream`. */
export type StreamEvent = { event: string; data: string };

export type EventStreamReader = {
  /** Takes the next part of the stream, as latin1 text. @throws RangeError when one event is larger than the limit. */
  push(chunk: string): void;
  /** The `id` of the last event that had one. */
  readonly lastId: string | null;
  /** Milliseconds that the server wants clients to wait before they reconnect. */
  readonly retryMs: number | null;
};

const EVENT_BYTES_MAX = 64 * 1024 * 1024;
const LINE_END = /\r\n|\n|\r/g;
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

/** Reads a stream of server-sent events (HTML, 9.2.6) as its bytes come. */
export const createEventStreamReader = (onEvent: (event: StreamEvent) => void): EventStreamReader => {
  let rest = '';
  let event = '';
  let data: string[] = [];
  let bytes = 0;
  let lastId: string | null = null;
  let retryMs: number | null = null;
  let isFirst = true;

  const dispatch = () => {
    if (data.length > 0) onEvent({ event: event || 'message', data: data.join('\n') });
    event = '';
    data = [];
    bytes = 0;
  };

  const readLine = (line: string) => {
    if (line === '') return dispatch();
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') {
      data.push(value);
      bytes += value.length;
    } else if (name === 'event') event = value;
    else if (name === 'id' && !value.includes('\0')) lastId = value === '' ? null : value;
    else if (name === 'retry' && /^\d+$/.test(value)) retryMs = Number(value);
  };

  return {
    push(chunk) {
      let text = rest + chunk;
      if (isFirst && text.length >= BYTE_ORDER_MARK.length) {
        isFirst = false;
        if (text.startsWith(BYTE_ORDER_MARK)) text = text.slice(BYTE_ORDER_MARK.length);
      }
      let from = 0;
      // A line end was searched for in the rest before; only its last character may begin one.
      LINE_END.lastIndex = Math.max(0, rest.length - BYTE_ORDER_MARK.length);
      for (let end = LINE_END.exec(text); end !== null; end = LINE_END.exec(text)) {
        // The line feed of this carriage return may be in the next chunk.
        if (end[0] === '\r' && end.index === text.length - 1) break;
        readLine(text.slice(from, end.index));
        from = end.index + end[0].length;
      }
      rest = text.slice(from);
      if (rest.length + bytes > EVENT_BYTES_MAX) throw new RangeError('An event of the server is larger than 64 MB.');
    },
    get lastId() {
      return lastId;
    },
    get retryMs() {
      return retryMs;
    },
  };
};
