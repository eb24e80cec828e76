import { ProtocolError } from '@modelcontextprotocol/client';

/** A server answered a request of the handshake with an error of its own: its message is the server's. */
export class ServerRefusal extends Error {
  /** The method that it answered. */
  readonly method: 'initialize' | 'tools/list';
  /** The JSON-RPC code of its answer. */
  readonly code: number;

  constructor(method: ServerRefusal['method'], cause: ProtocolError) {
    super(cause.message, { cause });
    this.name = 'ServerRefusal';
    this.method = method;
    this.code = cause.code;
  }
}

/** Runs a step of the handshake, and names the method that the server refused in it. */
export async function naming<T>(method: ServerRefusal['method'], step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw error instanceof ProtocolError ? new ServerRefusal(method, error) : error;
  }
}
