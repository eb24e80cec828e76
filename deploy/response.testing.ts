import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';

/** Records at once what is written to it, or, stalled, accepts nothing, as a client does that does not read. */
class Wire extends Writable {
  text = '';
  readonly #isStalled: boolean;

  constructor(isStalled: boolean) {
    super();
    this.#isStalled = isStalled;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('latin1');
    if (!this.#isStalled) done();
  }

  /** Node holds back what is written in one turn of the event loop. */
  override cork(): void {}
}

/** A response of Node as a client of HTTP/1.0 gets it, so that its body is not cut into chunks. */
export function responseOf({ headers = {}, isStalled = false } = {}) {
  const request = new IncomingMessage(new Socket());
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 0;
  Object.assign(request.headers, headers);
  const response = new ServerResponse(request);
  const wire = new Wire(isStalled);
  response.assignSocket(wire as unknown as Socket); // a stream is all that a response needs of a socket
  return {
    request,
    response,
    /** The head that was sent, as it was written. */
    head: () => wire.text.slice(0, wire.text.indexOf('\r\n\r\n')),
    /** The body that was sent up to now. */
    body: () => wire.text.slice(wire.text.indexOf('\r\n\r\n') + 4),
  };
}
