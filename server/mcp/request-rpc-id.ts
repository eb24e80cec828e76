import type { IncomingMessage } from 'node:http';
import { peekBody } from './body-peek.ts';

export type RpcId = string | number | null;

const BODY_BYTES_MAX = 64 * 1024;
const BODY_MS_MAX = 5_000;
/** Requests whose bodies are read only to be refused; with all of them that is 64 MB. */
const READING_MAX = 1_000;
/** After a refusal, for how long the rest of the body may still arrive, so that the client reads the refusal. */
const DRAIN_MS_MAX = 10_000;

let reading = 0;

/**
 * Reads the id of the JSON-RPC request that a body holds, to refuse it under that id (JSON-RPC 2.0, section 5). Reads no
 * more than 64 kB and five seconds of it. Null for batches, for larger bodies whose id does not stand at their beginning,
 * and for what is not a request.
 */
export async function readRpcId(req: IncomingMessage): Promise<RpcId> {
  // not “complete”: a body that has arrived may still be unread
  if (req.readableEnded || req.destroyed || reading >= READING_MAX) return null;
  reading += 1;
  try {
    const { body, isWhole } = await readBeginning(req);
    return isWhole ? idOf(body) : peekBody(body, false).id;
  } finally {
    reading -= 1;
  }
}

function readBeginning(req: IncomingMessage): Promise<{ body: Buffer; isWhole: boolean }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (isWhole: boolean) => {
      clearTimeout(timer);
      req.off('data', onData).off('end', onEnd).off('close', onClose);
      req.resume(); // what still comes is thrown away
      resolve({ body: Buffer.concat(chunks).subarray(0, BODY_BYTES_MAX), isWhole });
    };
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > BODY_BYTES_MAX) finish(false);
    };
    const onEnd = () => finish(true);
    const onClose = () => finish(false);
    const timer = setTimeout(onClose, BODY_MS_MAX);
    req.on('data', onData).once('end', onEnd).once('close', onClose);
  });
}

function idOf(body: Buffer): RpcId {
  try {
    const message: unknown = JSON.parse(body.toString('utf8'));
    if (typeof message !== 'object' || message === null || !('id' in message) || !('method' in message)) return null;
    return typeof message.id === 'string' || typeof message.id === 'number' ? message.id : null;
  } catch {
    return null;
  }
}

/** Reads on and throws away what the client still sends after a refusal, for a bounded time. */
export function drainRequest(req: IncomingMessage): void {
  if (req.complete) return;
  const timer = setTimeout(() => req.destroy(), DRAIN_MS_MAX);
  timer.unref();
  req.once('close', () => clearTimeout(timer));
  req.resume();
}
