/** A line longer than this is dropped, and a call that it answers gets an error; real results stay far below. */
export const LINE_BYTES_MAX = 64 * 1024 * 1024;

const NEWLINE = 0x0a;

export type LineSplitter = {
  push(chunk: Buffer): void;
  /** Passes on the unfinished rest, at the stream's end. */
  end(): void;
};

/** A line that is too long to be kept. */
export type LongLine = {
  /** How it begins. */
  head: string;
  /** How it ends; null while it goes on. */
  tail: string | null;
  bytes: number;
};

/** Enough to find the id of a message, which stands at its beginning or at its end. */
const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 4 * 1024;

/**
 * Cuts a byte stream into latin1 lines (see json-rpc.ts). Only new bytes are searched and an unfinished line is kept as
 * its chunks, so a line of 32 MB costs the same per byte as a short one. A line above the limit is dropped and reported
 * twice: when it passes the limit, and when it ends.
 */
export const createLineSplitter = (options: {
  onLine: (line: string) => void;
  onLongLine?: (line: LongLine) => void;
  bytesMax?: number;
}): LineSplitter => {
  const bytesMax = options.bytesMax ?? LINE_BYTES_MAX;
  let parts: Buffer[] = [];
  let partBytes = 0;
  /** The beginning of a line that is being dropped. */
  let head: string | null = null;
  let tail: Buffer = Buffer.alloc(0);

  const drop = (chunk: Buffer) => {
    partBytes += chunk.length;
    tail = Buffer.concat([tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
  };

  const take = (last: Buffer) => {
    if (head !== null) {
      drop(last);
      options.onLongLine?.({ head, tail: tail.toString('latin1'), bytes: partBytes });
      head = null;
    } else {
      const bytes = partBytes + last.length;
      const line =
        parts.length === 0 ? last.toString('latin1') : Buffer.concat([...parts, last], bytes).toString('latin1');
      if (line !== '' && line !== '\r') options.onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    }
    parts = [];
    partBytes = 0;
  };

  const keep = (chunk: Buffer) => {
    if (head !== null) {
      drop(chunk);
      return;
    }
    parts.push(chunk);
    partBytes += chunk.length;
    if (partBytes <= bytesMax) return;
    const kept = Buffer.concat(parts, partBytes);
    head = kept.toString('latin1', 0, HEAD_BYTES);
    tail = Buffer.from(kept.subarray(-TAIL_BYTES));
    parts = [];
    options.onLongLine?.({ head, tail: null, bytes: partBytes });
  };

  return {
    push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        take(chunk.subarray(from, at));
        from = at + 1;
      }
      if (from < chunk.length) keep(chunk.subarray(from));
    },
    end() {
      if (partBytes > 0) take(Buffer.alloc(0));
    },
  };
};
