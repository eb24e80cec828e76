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
