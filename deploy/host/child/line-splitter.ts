/** A line longer than this is dropped; real results stay far below. */
export const LINE_BYTES_MAX = 64 * 1024 * 1024;

const NEWLINE = 0x0a;

export type LineSplitter = { push(chunk: Buffer): void /** The unfinished rest, at the stream's end. */; end(): void };

/**
 * Cuts a byte stream into latin1 lines (see json-rpc.ts). Only new bytes are searched and an unfinished line is kept as
 * its chunks, so a line of 32 MB costs the same per byte as a short one.
 */
export const createLineSplitter = (options: {
  onLine: (line: string) => void;
  onOverflow?: (bytes: number) => void;
  bytesMax?: number;
}): LineSplitter => {
  const bytesMax = options.bytesMax ?? LINE_BYTES_MAX;
  let parts: Buffer[] = [];
  let partBytes = 0;
  let dropping = false;

  const take = (last: Buffer) => {
    const bytes = partBytes + last.length;
    const line =
      parts.length === 0 ? last.toString('latin1') : Buffer.concat([...parts, last], bytes).toString('latin1');
    parts = [];
    partBytes = 0;
    if (dropping) {
      dropping = false;
      return;
    }
    if (line !== '' && line !== '\r') options.onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  };

  return {
    push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        take(chunk.subarray(from, at));
        from = at + 1;
      }
      if (from === chunk.length) return;
      const rest = chunk.subarray(from);
      partBytes += rest.length;
      if (partBytes > bytesMax) {
        if (!dropping) options.onOverflow?.(partBytes);
        dropping = true;
        parts = [];
        partBytes = 0;
      } else if (!dropping) parts.push(rest);
    },
    end() {
      if (partBytes > 0 && !dropping) take(Buffer.alloc(0));
    },
  };
};
