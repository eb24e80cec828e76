import type { Envelope } from './json-rpc.ts';

/** A child answered `initialize` with an error of its own: it is the client's to read. */
export class HandshakeRefused extends Error {
  readonly answer: Envelope;

  constructor(answer: Envelope) {
    super('The server refused the handshake.');
    this.name = 'HandshakeRefused';
    this.answer = answer;
  }
}
