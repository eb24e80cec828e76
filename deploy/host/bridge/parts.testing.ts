import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import type { CallReply } from './call.ts';
import { type Envelope, scan } from './json-rpc.ts';
import { Peer } from './peer.ts';
import { Session, type SessionPeer } from './session.ts';

/** The parts of the bridge as they are, with a child that only records what it is sent. */

export const envelopeOf = (message: object | string): Envelope => {
  const envelope = scan(typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message }));
  if (envelope === null) throw new Error('Not a JSON-RPC message.');
  return envelope;
};

export type SessionOptions = Partial<ConstructorParameters<typeof Session>[0]>;

export const sessionOf = (options: SessionOptions = {}): Session =>
  new Session({
    id: 's',
    principal: 'a',
    initialize: '{}',
    protocolVersion: '2025-11-25',
    shareKey: 'k',
    modernShareKey: null,
    workspaceOwner: null,
    clock: () => 0,
    ...options,
  });

export type RecordedPeer = { peer: SessionPeer; sent: string[]; received: Envelope[]; noise: string[]; stops: number };

/** A peer that is serving, with its child attached. `received` are the messages that the child sent on its own. */
export function peerOf(options: Partial<ConstructorParameters<typeof Peer<Session>>[0]> & { pid?: number } = {}) {
  const recorded: Omit<RecordedPeer, 'peer'> = { sent: [], received: [], noise: [], stops: 0 };
  const workspace = {
    owner: null,
    command: { command: '', args: [], cwd: '', env: {} },
    used: false,
    children: 1,
    lastUsed: 0,
  };
  const peer: SessionPeer = new Peer<Session>({
    era: 'legacy',
    workspace,
    shareKey: 'k',
    principal: 'a',
    clock: () => 0,
    events: {
      onMessage: (_, envelope) => recorded.received.push(envelope),
      onNoise: (line) => recorded.noise.push(line),
      onAnswered: () => {},
    },
    ...options,
  });
  peer.attach({
    pid: options.pid ?? 1,
    exited: new Promise(() => {}),
    bufferedBytes: 0,
    send: (text) => recorded.sent.push(text),
    stop: async () => {
      recorded.stops += 1;
    },
  });
  peer.serving = true;
  return Object.assign(recorded, { peer });
}

export type RecordedReply = CallReply & { live: boolean; sent: string[]; answers: string[] };

export const replyOf = (live = true): RecordedReply => {
  const sent: string[] = [];
  const answers: string[] = [];
  return {
    live,
    requestId: null,
    sent,
    answers,
    send: (text) => void sent.push(text),
    answer: (text) => void answers.push(text),
  };
};

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
