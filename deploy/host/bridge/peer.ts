import type { ChildExit, ChildHandle } from '../child/child-process.ts';
import type { LongLine } from '../child/line-splitter.ts';
import type { HostFailure } from '../contract.ts';
import { HostFailureError, hostFailure } from '../failure.ts';
import type { ViewFilter } from '../views/view-filter.ts';
import type { Workspace } from '../workspaces/workspaces.ts';
import { awaitCall } from './awaited-call.ts';
import { type Call, type Caller, type CallReply, cancellation, LISTEN, ownCall } from './call.ts';
import { numberOf, readLine } from './child-lines.ts';
import type { ClientGuard } from './client-guard.ts';
import { type Envelope, errorMessage, findMember, RPC, replaceSpan, replaceSpans, scan, slice } from './json-rpc.ts';
import { createLongLines } from './long-lines.ts';
import { answerModern } from './modern-answers.ts';
import { NextAnswer } from './next-answer.ts';
import type { PeerOptions } from './peer-options.ts';
import { TaskProgress } from './task-progress.ts';
import { countUnderWay, countWork, isOfClient } from './under-way.ts';

const UNREAD_BYTES_MAX = 64 * 1024 * 1024;

export type PeerEvents<C extends Caller> = {
  /** A request or a notification of the child. */
  onMessage(peer: Peer<C>, envelope: Envelope): void;
  onNoise(line: string): void;
  /** A call of a client was answered, whatever the answer. */
  onAnswered(call: Call<C>): void;
};

/**
 * One child, spoken to in JSON-RPC. Ids and progress tokens of clients are replaced by numbers of the child's own, so
 * that any number of sessions can share it; nothing else of a message changes.
 */
export class Peer<C extends Caller> {
  era: 'legacy' | 'modern';
  readonly sessions = new Set<C>();
  readonly tasks = new TaskProgress<C>();
  /** Everyone who has used it, except the platform. */
  readonly principals = new Set<string>();
  readonly pending = new Map<number, Call<C>>();
  readonly startedAt: Date;
  /** The files that it works with. */
  readonly workspace: Workspace;
  shareKey: string | null;
  principal: string;
  /** The terms of its handshake (share-key.ts). */
  terms = '';
  /** The child's answer to `initialize`; null until it came. */
  initializeResult: string | null = null;
  /** The same for `server/discover`. */
  discoverResult: string | null = null;
  /** The modern revisions it named there. */
  supportedVersions: string[] = [];
  initializedSent = false;
  /** Messages that it sent before a client had a session with it, such as a log line right after its first answer. */
  readonly early: string[] = [];
  /** It has answered a handshake of its era. */
  serving = false;
  /** When it first did, in milliseconds since 1970. */
  servedAtMs: number | null = null;
  /** The platform asks for its era: if it ends now without a reason of its own, it ended because of the question. */
  questioned = false;
  ended = false;
  /** The host ends it: no more calls are for it. */
  leaving = false;
  /** Its clients see a part of it; null for the whole server. */
  view: ViewFilter | null = null;
  /** Why the host ended it, if the host did so because of a fault of its own. */
  endedFor: HostFailure | null = null;
  lastUsed: number;
  #nextId = 0;
  readonly #readLong = createLongLines((id) => this.pending.has(numberOf(id)));
  #child: ChildHandle | null = null;
  readonly #nextAnswer = new NextAnswer();
  readonly #events: PeerEvents<C>;
  readonly #clock: () => number;
  readonly #unreadBytesMax: number;
  readonly #guard: ClientGuard | null;

  constructor(options: PeerOptions & { events: PeerEvents<C> }) {
    this.era = options.era;
    this.workspace = options.workspace;
    this.shareKey = options.shareKey;
    this.principal = options.principal;
    this.#events = options.events;
    this.#clock = options.clock;
    this.#unreadBytesMax = options.unreadBytesMax ?? UNREAD_BYTES_MAX;
    this.#guard = options.guard ?? null;
    this.startedAt = new Date();
    this.lastUsed = options.clock();
  }

  attach(child: ChildHandle): void {
    this.#child = child;
  }

  get child(): ChildHandle | null {
    return this.#child;
  }

  get now(): number {
    return this.#clock();
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** It reads too slowly for what it is sent. */
  get overloaded(): boolean {
    return (this.#child?.bufferedBytes ?? 0) > this.#unreadBytesMax;
  }

  /** Sends a notification or an answer. */
  send(message: string): void {
    if (this.view === null) this.#child?.send(message);
    else this.view.send(message);
  }

  /** Answers in place of the child what its clients may not call. */
  #refuses(request: Envelope, id: string): boolean {
    const refused = this.#guard?.refusal(request, id) ?? null;
    if (refused !== null) queueMicrotask(() => this.answer(refused)); // the caller has to know the id first
    return refused !== null;
  }

  /** Sends a request as the view has made it, with the server's own names. */
  pass(message: string): void {
    const request = scan(message);
    if (request?.id != null && !this.#refuses(request, request.id)) this.#child?.send(message);
  }

  #request(message: string, id: number, call: Call<C>): void {
    if (this.view === null || call.isOwn) this.#child?.send(message);
    else this.view.request(message, call, () => this.pending.get(id) === call);
  }

  #forward(envelope: Envelope, call: Call<C>): number {
    this.#nextId += 1;
    const id = this.#nextId;
    const { text, idAt } = envelope;
    this.lastUsed = this.#clock();
    this.pending.set(id, call);
    if (idAt === null) return id;
    if (this.view === null && isOfClient(call) && this.#refuses(envelope, String(id))) return id;
    // Most calls ask for no progress: spare them the second look.
    const tokenAt = text.includes('"progressToken"')
      ? findMember(text, findMember(text, envelope.params, '_meta'), 'progressToken')
      : null;
    const by = String(id);
    if (tokenAt === null) this.#request(replaceSpan(text, idAt, by), id, call);
    else {
      call.token = slice(text, tokenAt);
      const at = [
        { at: idAt, by },
        { at: tokenAt, by },
      ];
      this.#request(replaceSpans(text, at), id, call);
    }
    return id;
  }

  /** A client's request; the answer goes to `reply`. */
  call(session: C, reply: CallReply, envelope: Envelope, onAnswer: ((answer: Envelope) => void) | null = null): number {
    return this.#forward(envelope, {
      session,
      reply,
      clientId: envelope.id ?? 'null',
      token: null,
      method: envelope.method ?? '',
      onAnswer,
      onLost: null,
      cancelledAt: null,
      wantsLogs: this.era === 'modern' && envelope.text.includes('io.modelcontextprotocol/logLevel'),
      wantsTask: envelope.text.includes('"task"'),
    });
  }

  /** A subscription of the bridge's own. */
  listen(message: string, reply: CallReply): number {
    const envelope = scan(message);
    if (envelope === null) throw new TypeError('The bridge listens with something that is not a JSON-RPC message.');
    return this.#forward(envelope, ownCall(LISTEN, { reply }));
  }

  /** Calls that are under way, without the subscriptions of the bridge, which end with the child. */
  get inFlight(): number {
    return countUnderWay(this.pending.values());
  }

  /** Resolves with its next answer, or with its end. */
  settled(): Promise<void> {
    return this.#nextAnswer.promise;
  }

  /**
   * Ends it on the host's wish; resolves when it is gone, which may take seconds. Its sessions go on with another child
   * from now on: what reached it after its stdin was closed would be lost.
   */
  async leave(): Promise<void> {
    this.leaving = true;
    for (const session of this.sessions) session.onChildEnd(this);
    this.sessions.clear();
    await this.#child?.stop();
  }

  /** Calls of clients and tasks that its machine must stay awake for. */
  get work(): number {
    return this.tasks.running(this.#clock()) + countWork(this.pending.values());
  }

  /** A request of the bridge's own. `isOwn`: it passes the view of the child, and its answer reaches no client. */
  ask(message: string, signal: AbortSignal, isOwn = false): Promise<Envelope> {
    const envelope = scan(message);
    if (envelope === null) throw new TypeError('The bridge asked something that is no JSON-RPC message.');
    if (this.ended)
      return Promise.reject(new HostFailureError(hostFailure('CRASHED', 'The server has ended.', { retryable: true })));
    return awaitCall<C>(envelope.method ?? '', signal, {
      begin: (call) => this.#forward(envelope, isOwn ? { ...call, isOwn } : call),
      forget: (id) => this.pending.delete(id),
    });
  }

  /** One line of the child's stdout. What is not a message is a part of its output. */
  receive(line: string): void {
    const read = readLine(line);
    if (read === null) this.#events.onNoise(line);
    else if (Array.isArray(read)) for (const envelope of read) this.#dispatch(envelope);
    else this.#dispatch(read);
  }

  /** A line of the child's stdout that is too long to be kept. A call that it answers gets an error instead. */
  receiveLong(line: LongLine): void {
    const read = this.#readLong(line);
    if (read === null) return;
    if ('answer' in read) this.answer(read.answer);
    else this.#events.onNoise(read.noise);
  }

  #dispatch(envelope: Envelope): void {
    if (envelope.method === null) this.answer(envelope);
    else if (this.view === null) this.deliver(envelope);
    else this.view.receive(envelope);
  }

  /** A request or a notification of the child that its clients may see. */
  deliver(envelope: Envelope): void {
    this.#events.onMessage(this, envelope);
  }

  /** The child's answer to a call, or one that is given for the child. */
  answer(given: Envelope): void {
    const id = numberOf(given.id ?? '');
    const call = this.pending.get(id);
    const isShown = call?.isOwn === true || (call !== undefined && isOfClient(call));
    const agreed = call === undefined ? given : (this.#guard?.answered(call.method, given, isShown) ?? given);
    const envelope = call?.shown?.(agreed) ?? agreed;
    if (call === undefined || envelope.idAt === null) {
      // Answers to calls that were given up are late; an id that was never sent is worth a look.
      if (!(id <= this.#nextId)) this.#events.onNoise(envelope.text);
      return;
    }
    this.pending.delete(id);
    this.lastUsed = this.#clock();
    this.#nextAnswer.came();
    call.onAnswer?.(envelope);
    if (call.reply === null) return;
    if (call.token !== null || call.wantsTask || call.method.startsWith('tasks/'))
      this.tasks.onAnswer(id, call, envelope, this.lastUsed);
    this.#events.onAnswered(call);
    if (this.era === 'modern') answerModern(call, envelope, this.lastUsed);
    else if (call.reply.take) call.reply.take(envelope, this.lastUsed);
    else call.reply.answer(replaceSpan(envelope.text, envelope.idAt, call.clientId), this.lastUsed);
  }

  /** The call that a progress token or request id of the child's side belongs to. */
  findCall(raw: string): Call<C> | null {
    return this.pending.get(numberOf(raw)) ?? null;
  }

  findTask(raw: string): { session: C; token: string } | null {
    return this.tasks.find(numberOf(raw));
  }

  findClientCall(session: C, clientId: string): { id: number; call: Call<C> } | null {
    for (const [id, call] of this.pending)
      if (call.session === session && call.clientId === clientId) return { id, call };
    return null;
  }

  /** Notifies the child that its callers no longer wait, and forgets the calls. */
  cancelCalls(matches: (call: Call<C>, id: number) => boolean, reason: string): void {
    for (const [id, call] of this.pending) {
      if (!matches(call, id)) continue;
      this.pending.delete(id);
      this.send(cancellation(id, reason));
    }
  }

  /** The child is gone: answers everything that is under way, at once. */
  end(exit: ChildExit, failure: HostFailure): void {
    this.ended = true;
    this.#nextAnswer.came();
    const calls = [...this.pending.values()];
    this.pending.clear();
    const now = this.#clock();
    for (const call of calls) {
      call.onLost?.(failure);
      call.reply?.answer(errorMessage(call.clientId, RPC.SERVER, failure.message, failure), now);
    }
    for (const session of this.sessions) session.onChildEnd(this);
    if (exit.requested) this.sessions.clear();
  }
}
