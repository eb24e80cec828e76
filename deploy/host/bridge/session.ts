import type { CallRecord } from '../call-contract.ts';
import type { Caller, CallReply } from './call.ts';
import { EventStream, type StreamDialect } from './event-stream.ts';
import { type Envelope, replaceSpan, type Span } from './json-rpc.ts';
import type { Peer } from './peer.ts';

const RESUMABLE_STREAMS_MAX = 32;
const GET_STREAM = '0';

const SUBSCRIPTION = 'resources/subscribe ';

/** `uri` as it stands in the message, quotes and all. */
export const subscriptionKey = (uri: string): string => SUBSCRIPTION + uri;

/** A child of sessions. */
export type SessionPeer = Peer<Session>;

/** A POST of the session that is not answered yet. */
export interface OpenReply extends CallReply {
  readonly startedAt: number;
  /** The client is on the line. */
  readonly connected: boolean;
  readonly stream: EventStream | null;
  /** It is a subscription: nothing but the end of the stream will answer it. */
  readonly listens: boolean;
  openStream(now: number): EventStream | null;
  onSessionEnd(now: number): void;
  /** The client no longer wants the answer to the request with this id. */
  onCancelled?(id: string, notification: Envelope): void;
}

/** A request to this client that the client has not answered. */
export type Asked = {
  peer: SessionPeer;
  /** The child's own id of its request; null if the bridge made the request of an answer of the child. */
  id: string | null;
  onAnswer: (answer: Envelope) => void;
};

/** A question that a client leaves unanswered, or a parked call, keeps its machine awake for this long (5 minutes). */
export const QUESTION_AWAKE_MS = 5 * 60_000;

/** Speaks for a legacy client with a child of the modern era (legacy-clients/). */
export interface Interpreter {
  /** The answer to the client's `initialize`. */
  initializeResult(peer: SessionPeer): string;
  /** The session has a child, or another one. */
  onChild(peer: SessionPeer): void;
  request(peer: SessionPeer, reply: CallReply, envelope: Envelope): void;
  notification(peer: SessionPeer, envelope: Envelope): void;
  onSessionEnd(peer: SessionPeer | null): void;
}

/**
 * One client's MCP session. It is cheap (no process of its own unless the client's capabilities or the isolation ask
 * for one) and outlives children: `initialize` is kept to be replayed.
 */
export class Session implements Caller {
  readonly id: string;
  readonly principal: string;
  /** The client's `initialize` request as it came; empty for the modern era, which has none. */
  readonly initialize: string;
  readonly clock: () => number;
  /** The version that the client asked for; the server's answer decides. */
  readonly requestedVersion: string;
  protocolVersion: string;
  peer: SessionPeer | null = null;
  ended = false;
  /** Names the children that it may share; null if it needs one of its own. */
  readonly shareKey: string | null;
  /** The same for children of the modern era. */
  readonly modernShareKey: string | null;
  /** The terms of its handshake (share-key.ts). */
  readonly terms: string;
  /** Owner of the files that its child works with (workspaces/owner.ts). */
  readonly workspaceOwner: string | null;
  readonly replies = new Set<OpenReply>();
  readonly asked = new Map<string, Asked & { at: number }>();
  /** Null for clients of the modern era. */
  interpreter: Interpreter | null = null;
  /** Requests that must be sent again to a new child: log level and subscriptions. */
  readonly remembered = new Map<string, string>();
  readonly standalone: EventStream;
  readonly dialect: StreamDialect;
  /** It was carried over from an earlier host: its child has yet to receive the remembered requests. */
  isCarried = false;
  /** The child that has received the remembered requests. */
  toldPeer: SessionPeer | null = null;
  lastUsed: number;
  /** How long its client took for questions of the server, all together. */
  waitedMs = 0;
  /** The client by its own account in `initialize`; undefined until a call is recorded. */
  client: CallRecord['client'] | undefined = undefined;
  readonly #streams = new Map<string, EventStream>();
  #nextStream = 1;
  #nextAsked = 0;

  constructor(options: {
    id: string;
    principal: string;
    initialize: string;
    protocolVersion: string;
    shareKey: string | null;
    modernShareKey: string | null;
    terms?: string;
    workspaceOwner: string | null;
    clock: () => number;
    dialect?: StreamDialect;
  }) {
    this.id = options.id;
    this.principal = options.principal;
    this.initialize = options.initialize;
    this.requestedVersion = options.protocolVersion;
    this.protocolVersion = options.protocolVersion;
    this.shareKey = options.shareKey;
    this.modernShareKey = options.modernShareKey;
    this.terms = options.terms ?? '';
    this.workspaceOwner = options.workspaceOwner;
    this.clock = options.clock;
    this.lastUsed = options.clock();
    this.dialect = options.dialect ?? 'resumable';
    this.standalone = new EventStream(GET_STREAM, this.dialect);
  }

  openStream(): EventStream {
    const stream = new EventStream(String(this.#nextStream), this.dialect);
    this.#nextStream += 1;
    this.#streams.set(stream.name, stream);
    if (this.#streams.size > RESUMABLE_STREAMS_MAX)
      for (const old of this.#streams.values()) {
        if (old.connected || !old.ended) continue;
        this.#streams.delete(old.name);
        if (this.#streams.size <= RESUMABLE_STREAMS_MAX) break;
      }
    return stream;
  }

  findStream(name: string): EventStream | null {
    return name === GET_STREAM ? this.standalone : (this.#streams.get(name) ?? null);
  }

  /** Forgets finished streams that no client came back for. */
  forgetStreams(before: number): void {
    for (const stream of this.#streams.values())
      if (stream.ended && (stream.dialect !== 'resumable' || (stream.idleSince ?? before) <= before))
        this.#streams.delete(stream.name);
  }

  get bufferedBytes(): number {
    let bytes = this.standalone.bufferedBytes;
    for (const stream of this.#streams.values()) bytes += stream.bufferedBytes;
    return bytes;
  }

  /**
   * Remembers a request to the client; returns the id to send it with. Ids are used once, so that an answer to a child
   * that is gone reaches no other.
   */
  expectAnswer(asked: Asked): string {
    this.#nextAsked += 1;
    const id = String(this.#nextAsked);
    this.asked.set(id, { ...asked, at: this.clock() });
    return id;
  }

  /** Puts a request of the child to the client, under an id of this session's own. */
  ask(peer: SessionPeer, request: Envelope): void {
    const { id, idAt, text } = request;
    if (id === null || idAt === null) return;
    const onAnswer = (answer: Envelope) => {
      if (answer.idAt) peer.send(replaceSpan(answer.text, answer.idAt, id));
    };
    this.deliver(replaceSpan(text, idAt, this.expectAnswer({ peer, id, onAnswer })));
  }

  /** The child no longer wants an answer to its request. `cancellation`: its message, with the id at `at`. */
  withdraw(peer: SessionPeer, id: string, cancellation: { text: string; at: Span }): void {
    for (const [own, asked] of this.asked)
      if (asked.peer === peer && asked.id === id) {
        this.asked.delete(own);
        this.deliver(replaceSpan(cancellation.text, cancellation.at, own));
        return;
      }
  }

  onChildEnd(child: object): void {
    if (this.peer === child) this.peer = null;
    // A question that the bridge made of an answer has a call that waits for it, and that fails once it is answered.
    for (const [id, asked] of this.asked) if (asked.peer === child && asked.id !== null) this.asked.delete(id);
  }

  subscribes(uri: string): boolean {
    return this.remembered.has(subscriptionKey(uri));
  }

  /** As they stood in the client's messages, quotes and all. */
  get subscribedUris(): string[] {
    return [...this.remembered.keys()].flatMap((key) =>
      key.startsWith(SUBSCRIPTION) ? [key.slice(SUBSCRIPTION.length)] : [],
    );
  }

  get streams(): Iterable<EventStream> {
    return this.#streams.values();
  }

  get newestReply(): OpenReply | null {
    let newest: OpenReply | null = null;
    for (const reply of this.replies) if (reply.live) newest = reply;
    return newest;
  }

  /** Something of the client's is open: it must not be reaped, and its machine must stay awake. */
  get busy(): boolean {
    return this.openStreams > 0;
  }

  get openStreams(): number {
    let open = this.standalone.connected ? 1 : 0;
    for (const reply of this.replies) if (reply.connected) open += 1;
    return open;
  }

  /** Open streams that only listen, and leave their machine free to sleep. */
  get listeningStreams(): number {
    let listening = this.standalone.connected ? 1 : 0;
    for (const reply of this.replies) if (reply.connected && reply.listens) listening += 1;
    return listening;
  }

  /** Calls that wait for an answer of a person who has not given it for too long to stay awake for. */
  get forgottenCalls(): number {
    const since = this.clock() - QUESTION_AWAKE_MS;
    let forgotten = 0;
    for (const { at } of this.asked.values()) if (at <= since) forgotten += 1;
    return forgotten;
  }

  /** Counts what its machine must stay awake for. */
  get work(): number {
    return Math.max(0, this.openStreams - this.listeningStreams - this.forgottenCalls);
  }

  /** Sends to the newest call that is under way, else to the GET stream (which keeps it until a client listens). */
  deliver(message: string): void {
    const reply = this.newestReply;
    if (reply) reply.send(message, this.clock());
    else this.standalone.send(message, this.clock());
  }

  /** To the GET stream: what belongs to no call. */
  announce(message: string): void {
    this.standalone.send(message, this.clock());
  }
}
