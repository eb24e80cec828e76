import type { IncomingMessage } from 'node:http';

/**
 * The rest of a request's body, one chunk at a time: the next is read when the last one was taken. `onChunk` sees each as
 * it comes and stops the reading by answering false. Unlike `req`'s own iterator it leaves `req` whole and flowing when
 * it is left early: its socket still carries our answer, and what the client goes on sending must drain.
 */
export async function* readBody(
  req: IncomingMessage,
  first: Buffer,
  onChunk: (chunk: Buffer) => boolean,
): AsyncGenerator<Buffer> {
  let held: Buffer | null = first;
  let state = 'open' as 'open' | 'ended' | 'broken' | 'left'; // listeners change it, which narrowing does not see
  let look = () => {};
  const onData = (chunk: Buffer) => {
    if (state !== 'open') return;
    held = chunk;
    req.pause();
    look();
  };
  const onEnd = () => {
    if (state === 'open') state = 'ended';
    look();
  };
  const onClose = () => {
    if (state === 'open') state = 'broken';
    look();
  };
  req.on('data', onData).on('end', onEnd).on('close', onClose);
  try {
    for (;;) {
      if (held !== null) {
        const chunk: Buffer = held;
        held = null;
        if (!onChunk(chunk)) throw new Error('The body was refused.');
        yield chunk;
        continue;
      }
      if (state === 'ended') return;
      if (state === 'broken') throw new Error('The client left in the middle of its request.');
      const changed = new Promise<void>((resolve) => {
        look = resolve;
      });
      req.resume();
      await changed;
    }
  } finally {
    state = 'left';
    req.resume();
  }
}
