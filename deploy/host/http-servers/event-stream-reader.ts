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
  /** The parts of an unfinished line: a long one is put together once. */
  let line: string[] = [];
  let lineBytes = 0;
  /** The end of the last chunk, which the next one completes. */
  let held = '';
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

  const readLine = (text: string) => {
    if (text === '') return dispatch();
    const colon = text.indexOf(':');
    const name = colon === -1 ? text : text.slice(0, colon);
    const value = colon === -1 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') {
      data.push(value);
      bytes += value.length + 1; // a line without text takes memory too
    } else if (name === 'event') event = value;
    else if (name === 'id' && !value.includes('\0')) lastId = value === '' ? null : value;
    else if (name === 'retry' && /^\d+$/.test(value)) retryMs = Number(value);
  };

  return {
    push(chunk) {
      let text = held + chunk;
      held = '';
      if (isFirst && text.length < BYTE_ORDER_MARK.length) {
        held = text;
        return;
      }
      if (isFirst && text.startsWith(BYTE_ORDER_MARK)) text = text.slice(BYTE_ORDER_MARK.length);
      isFirst = false;
      let from = 0;
      for (const end of text.matchAll(LINE_END)) {
        // The line feed of this carriage return may be in the next chunk.
        if (end[0] === '\r' && end.index === text.length - 1) break;
        readLine(line.join('') + text.slice(from, end.index));
        line = [];
        lineBytes = 0;
        from = end.index + end[0].length;
      }
      const endsHalf = text.endsWith('\r') && from < text.length;
      held = endsHalf ? '\r' : '';
      const rest = text.slice(from, endsHalf ? -1 : undefined);
      if (rest !== '') line.push(rest);
      lineBytes += rest.length;
      if (lineBytes + bytes > EVENT_BYTES_MAX) throw new RangeError('An event of the server is larger than 64 MB.');
    },
    get lastId() {
      return lastId;
    },
    get retryMs() {
      return retryMs;
    },
  };
};
