import { randomUUID } from 'node:crypto';
import { isRecord } from '../../records.ts';
import type { CallReply } from '../call.ts';
import { type Envelope, errorMessage, RPC, resultMessage, scan } from '../json-rpc.ts';
import type { Session, SessionPeer } from '../session.ts';
import { rawToWire, toWire } from '../wire-values.ts';
import { endingOf } from './ending.ts';
import { decorate, serverInfoMeta } from './modern-answer.ts';
import { createQuestions, missingCapability, type Question, type Questions } from './questions.ts';
import { digestOf, type RequestStates, type StateContent } from './request-state.ts';

/** How long a client may take for a round (10 minutes). */
export const ROUND_MS = 10 * 60_000;
/** Requests that a child writes at once may be read apart. */
const GATHER_MS = 20;
const QUESTIONS_MAX = 32;
const QUESTION_CHARACTERS_MAX = 256 * 1024;
/** An answer that comes while the client is away is kept up to this size. */
const EARLY_ANSWER_CHARACTERS_MAX = 1024 * 1024;

/** The HTTP request that waits for the call at present, and what it asked for. */
export type Waiting = { reply: CallReply; clientId: string; token: string | null; logRank: number };

/** The session of the client at its child. */
export type CallContext = Session & {
  readonly calls: Set<PendingCall>;
  /** Puts a question to another call than the one that was asked first. */
  askAnother(peer: SessionPeer, question: Question): void;
};

/** Keeps the calls whose clients were sent away (parked-calls.ts). */
export type Parking = {
  park(call: PendingCall): void;
  /** A call of the principal holds more memory than before. */
  bound(principal: string): void;
  forget(call: PendingCall): void;
};

/** All calls share these. */
export type CallDeps = { parked: Parking; states: Pick<RequestStates, 'seal'> };

export type CallOptions = {
  peer: SessionPeer;
  context: CallContext;
  principal: string;
  method: string;
  /** Parsed as they came; read for calls that are parked only. */
  params: unknown;
  capabilities: Record<string, unknown>;
  waiting: Waiting;
};

/**
 * A call of a modern client to a legacy child. When the child sends a request in the middle of the call, the client's
 * HTTP request is answered with `input_required` and the call is parked: it stays pending at the child until the client
 * comes back with the input, over as many rounds as it takes.
 */
export class PendingCall implements CallReply {
  /** Names the round that the client may continue; another one for each. */
  round = '';
  /** When the client was last sent away with questions; null while an HTTP request waits. */
  parkedAt: number | null = null;
  readonly principal: string;
  readonly peer: SessionPeer;
  readonly context: CallContext;
  readonly #deps: CallDeps;
  readonly #options: CallOptions;
  #waiting: Waiting | null;
  #callId = 0;
  #early: Envelope | null = null;
  #lacking: Record<string, unknown> | null = null;
  #parkSoon = false;
  #done = false;
  // Most calls are never asked anything, so what that takes is made when it is needed.
  #key: string | null = null;
  #questions: Questions | null = null;

  constructor(deps: CallDeps, options: CallOptions) {
    this.principal = options.principal;
    this.peer = options.peer;
    this.context = options.context;
    this.#deps = deps;
    this.#options = options;
    this.#waiting = options.waiting;
    options.context.calls.add(this);
  }

  /** Names the call. */
  get key(): string {
    this.#key ??= randomUUID();
    return this.#key;
  }

  /** An HTTP request waits, and its client reads. A parked call has no reader, and may still have questions. */
  get live(): boolean {
    return this.#waiting?.reply.live ?? false;
  }

  get requestId(): string | null {
    return this.#waiting?.reply.requestId ?? null;
  }

  /** How verbose the waiting request wants log messages: 0 is the most, -1 for none. */
  get logRank(): number {
    return this.#waiting?.logRank ?? -1;
  }

  /** A client waits, and the child has not asked for this call yet. */
  get isUnasked(): boolean {
    return this.live && this.#open === 0;
  }

  /** The child may still ask: its answer has not come. */
  get canAsk(): boolean {
    return !this.#done && this.#early === null;
  }

  /** The memory that the call holds while it is parked. */
  get characters(): number {
    return (this.#questions?.characters ?? 0) + (this.#early?.text.length ?? 0);
  }

  /** How many questions the client has not answered. */
  get #open(): number {
    return this.#questions?.size ?? 0;
  }

  start(request: Envelope): void {
    this.peer.principals.add(this.principal);
    this.#callId = this.peer.call(this.context, this, request);
  }

  send(message: string, now: number): void {
    this.#waiting?.reply.send(message, now);
  }

  answer(message: string, now: number): void {
    const answer = scan(message);
    if (answer !== null) this.take(answer, now);
  }

  take(answer: Envelope, now: number): void {
    if (this.#done) return;
    if (this.#waiting === null) {
      // The client was asked already, and its responses still go to the child when it is back: no client is asked twice.
      this.#keep(answer);
      return;
    }
    const unanswered = this.#questions?.takeAll();
    this.#deliver(answer, now);
    this.#pass(unanswered);
  }

  /** An answered call has no questions: these belong to another one. */
  #pass(questions: readonly Question[] = []): void {
    for (const question of questions) this.context.askAnother(this.peer, question);
  }

  /** A request of the child in the middle of the call. */
  ask(question: Question): void {
    this.#questions ??= createQuestions(this.peer);
    const lacking = missingCapability(question, this.#options.capabilities);
    const size = (question.params?.length ?? 0) + this.#questions.characters;
    if (lacking !== null) {
      this.#lacking = { ...this.#lacking, ...lacking };
      this.#refuse(question, 'The client does not have this capability.');
    } else if (this.#open >= QUESTIONS_MAX || size > QUESTION_CHARACTERS_MAX)
      this.#refuse(question, 'The client cannot be asked so much at once.');
    else {
      this.#questions.add(question);
      this.#park();
    }
  }

  withdraw(id: string): void {
    this.#questions?.withdraw(id);
  }

  /**
   * The client is back. `responses` (parsed as they came, by key) answer the open questions; those that it leaves out are put to it
   * again.
   */
  resume(waiting: Waiting, responses: Record<string, unknown>): void {
    this.round = '';
    this.parkedAt = null;
    this.#waiting = waiting;
    const call = this.peer.pending.get(this.#callId);
    if (call?.reply === this) {
      call.clientId = waiting.clientId;
      call.token = waiting.token;
    }
    for (const [key, response] of Object.entries(responses)) this.#questions?.respond(key, rawToWire(response));
    const early = this.#early;
    this.#early = null;
    if (early !== null) {
      const unanswered = this.#questions?.takeAll();
      this.#deliver(early, this.peer.now);
      this.#pass(unanswered);
    } else if (this.#open > 0) this.#park();
  }

  /** True for responses that the open questions can take. */
  accepts(responses: Record<string, unknown>): boolean {
    return Object.entries(responses).every(([key, response]) => !this.#questions?.has(key) || isRecord(response));
  }

  /** Ends the call for good: the client left, or did not come back. */
  cancel(reason: string): void {
    if (this.#done) return;
    const isAnswered = this.#early !== null;
    this.#finish();
    if (isAnswered) {
      this.#pass(this.#questions?.takeAll());
      return;
    }
    this.peer.cancelCalls((_, id) => id === this.#callId, reason);
    this.#questions?.refuseAll(reason);
  }

  /** Keeps an answer that came while the client was away. */
  #keep(answer: Envelope): void {
    const isTooLarge = answer.text.length > EARLY_ANSWER_CHARACTERS_MAX;
    const reason = 'The answer came while the client was away, and was too large to keep.';
    this.#early = isTooLarge ? scan(errorMessage(null, RPC.SERVER, reason)) : answer;
    this.#deps.parked.bound(this.principal);
  }

  #finish(): void {
    this.#done = true;
    this.#waiting = null;
    this.context.calls.delete(this);
    if (this.#key !== null) this.#deps.parked.forget(this);
  }

  #refuse({ id }: Question, message: string): void {
    this.peer.send(errorMessage(id, RPC.METHOD_NOT_FOUND, message));
  }

  /** Sends the client away with everything that the child asks for in the same moment. */
  #park(): void {
    if (this.#parkSoon || this.#waiting === null) return;
    this.#parkSoon = true;
    setTimeout(() => {
      this.#parkSoon = false;
      const waiting = this.#waiting;
      if (this.#done || waiting === null || this.#questions === null || this.#open === 0) return;
      this.round = randomUUID();
      this.parkedAt = this.peer.now;
      this.#waiting = null;
      const expiresAt = this.parkedAt + ROUND_MS;
      this.#requireInput(waiting, this.#questions.asInputRequests(), { call: this.key, round: this.round, expiresAt });
      this.#deps.parked.park(this);
    }, GATHER_MS);
  }

  #requireInput(waiting: Waiting, requests: string, content: StateContent): void {
    const { method, params } = this.#options;
    const state = this.#deps.states.seal(content, { principal: this.principal, method, digest: digestOf(params) });
    const result = `{"resultType":"input_required","inputRequests":${requests},"requestState":"${state}"}`;
    waiting.reply.answer(
      resultMessage(waiting.clientId, decorate('', result, serverInfoMeta(this.peer))),
      this.peer.now,
    );
  }

  #deliver(answer: Envelope, now: number): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    this.#finish();
    const ending = endingOf(answer, {
      clientId: waiting.clientId,
      method: this.#options.method,
      capabilities: this.#options.capabilities,
      lacking: this.#lacking,
      serverMeta: serverInfoMeta(this.peer),
    });
    if (ending === null) return;
    if ('inputRequests' in ending) {
      // The child has ended the call, so the next round makes it again.
      const expiresAt = this.peer.now + ROUND_MS;
      this.#requireInput(waiting, toWire(ending.inputRequests), { call: null, round: '', expiresAt });
    } else waiting.reply.answer(ending.message, now, ending.status);
  }
}
