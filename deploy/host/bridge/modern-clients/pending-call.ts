import { randomUUID } from 'node:crypto';
import { isRecord } from '../../records.ts';
import type { Call, CallReply } from '../call.ts';
import { type Envelope, errorMessage, RPC, rawToWire, resultMessage, scan, toWire } from '../json-rpc.ts';
import { modernStatus } from '../modern-answers.ts';
import type { Session, SessionPeer } from '../session.ts';
import { endingOf } from './ending.ts';
import { decorate, serverInfoMeta } from './modern-answer.ts';
import { createQuestions, missingCapability, type Question, type Questions } from './questions.ts';
import type { Origin, StateContent } from './request-state.ts';

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

/**
 * A call of a modern client to a legacy child. When the child sends a request in the middle of the call, the client's
 * HTTP request is answered with `input_required` and the call is parked: it stays pending at the child until the client
 * comes back with the input, over as many rounds as it takes.
 */
export class PendingCall implements CallReply {
  readonly key = randomUUID();
  readonly principal: string;
  /** Names the round that the client may continue; another one for each. */
  round = '';
  /** When the client was last sent away with questions; null while an HTTP request waits. */
  parkedAt: number | null = null;
  readonly peer: SessionPeer;
  readonly context: Session;
  readonly #method: string;
  readonly #capabilities: Record<string, unknown>;
  readonly #origin: () => Origin;
  readonly #seal: (content: StateContent, origin: Origin) => string;
  readonly #onEnd: (call: PendingCall) => void;
  readonly #onPark: (call: PendingCall) => void;
  readonly #onGrow: (call: PendingCall) => void;
  readonly #onOrphan: (question: Question) => void;
  readonly #questions: Questions;
  #waiting: Waiting | null;
  #call: Call<Session> | null = null;
  #callId: number | null = null;
  #early: string | null = null;
  #lacking: Record<string, unknown> | null = null;
  #parkSoon = false;
  #done = false;

  constructor(options: {
    peer: SessionPeer;
    context: Session;
    principal: string;
    method: string;
    capabilities: Record<string, unknown>;
    waiting: Waiting;
    /** Computed only for calls that are parked. */
    origin: () => Origin;
    seal: (content: StateContent, origin: Origin) => string;
    onEnd: (call: PendingCall) => void;
    onPark: (call: PendingCall) => void;
    /** A parked call holds more memory than before. */
    onGrow: (call: PendingCall) => void;
    /** A question that turned out to belong to another call. */
    onOrphan: (question: Question) => void;
  }) {
    this.peer = options.peer;
    this.context = options.context;
    this.principal = options.principal;
    this.#method = options.method;
    this.#capabilities = options.capabilities;
    this.#waiting = options.waiting;
    this.#origin = options.origin;
    this.#seal = options.seal;
    this.#onEnd = options.onEnd;
    this.#onPark = options.onPark;
    this.#onGrow = options.onGrow;
    this.#onOrphan = options.onOrphan;
    this.#questions = createQuestions(options.peer);
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
    return this.live && this.#questions.size === 0;
  }

  /** The child may still ask: its answer has not come. */
  get canAsk(): boolean {
    return !this.#done && this.#early === null;
  }

  /** The memory that the call holds while it is parked. */
  get characters(): number {
    return this.#questions.characters + (this.#early?.length ?? 0);
  }

  start(request: Envelope): void {
    this.peer.principals.add(this.principal);
    this.#callId = this.peer.call(this.context, this, request);
    this.#call = this.peer.pending.get(this.#callId) ?? null;
  }

  send(message: string, now: number): void {
    this.#waiting?.reply.send(message, now);
  }

  /** The child's answer, under the id of the request that started the call. */
  answer(message: string, now: number): void {
    if (this.#done) return;
    if (this.#waiting === null) {
      // The client was asked already, and its responses still go to the child when it is back: nobody is asked twice.
      this.#keep(message);
      return;
    }
    const unanswered = this.#questions.takeAll();
    this.#deliver(message, now);
    this.#pass(unanswered);
  }

  /** An answered call has no questions: these belong to another one. */
  #pass(questions: readonly Question[]): void {
    for (const question of questions) this.#onOrphan(question);
  }

  /** A request of the child in the middle of the call. */
  ask(question: Question): void {
    const lacking = missingCapability(question, this.#capabilities);
    const size = (question.params?.length ?? 0) + this.#questions.characters;
    if (lacking !== null) {
      this.#lacking = { ...this.#lacking, ...lacking };
      this.#refuse(question, 'The client does not have this capability.');
    } else if (this.#questions.size >= QUESTIONS_MAX || size > QUESTION_CHARACTERS_MAX)
      this.#refuse(question, 'The client cannot be asked so much at once.');
    else {
      this.#questions.add(question);
      this.#park();
    }
  }

  withdraw(id: string): void {
    this.#questions.withdraw(id);
  }

  /**
   * The client is back. `responses` (parsed as they came, by key) answer the open questions; those that it leaves out are put to it
   * again.
   */
  resume(waiting: Waiting, responses: Record<string, unknown>): void {
    this.round = '';
    this.parkedAt = null;
    this.#waiting = waiting;
    if (this.#call) {
      this.#call.clientId = waiting.clientId;
      this.#call.token = waiting.token;
    }
    for (const [key, response] of Object.entries(responses)) this.#questions.respond(key, rawToWire(response));
    const early = this.#early;
    this.#early = null;
    if (early !== null) {
      const unanswered = this.#questions.takeAll();
      this.#deliver(early, this.peer.now);
      this.#pass(unanswered);
    } else if (this.#questions.size > 0) this.#park();
  }

  /** True for responses that the open questions can take. */
  accepts(responses: Record<string, unknown>): boolean {
    return Object.entries(responses).every(([key, response]) => !this.#questions.has(key) || isRecord(response));
  }

  /** Ends the call for good: the client left, or did not come back. */
  cancel(reason: string): void {
    if (this.#done) return;
    const isAnswered = this.#early !== null;
    this.#finish();
    if (isAnswered) {
      this.#pass(this.#questions.takeAll());
      return;
    }
    this.peer.cancelCalls((_, id) => id === this.#callId, reason);
    this.#questions.refuseAll(reason);
  }

  /** Keeps an answer that came while the client was away. */
  #keep(message: string): void {
    const isTooLarge = message.length > EARLY_ANSWER_CHARACTERS_MAX;
    const reason = 'The answer came while the client was away, and was too large to keep.';
    this.#early = isTooLarge ? errorMessage(null, RPC.SERVER, reason) : message;
    this.#onGrow(this);
  }

  #finish(): void {
    this.#done = true;
    this.#waiting = null;
    this.#onEnd(this);
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
      if (this.#done || waiting === null || this.#questions.size === 0) return;
      this.round = randomUUID();
      this.parkedAt = this.peer.now;
      this.#waiting = null;
      const expiresAt = this.parkedAt + ROUND_MS;
      this.#requireInput(waiting, this.#questions.asInputRequests(), { call: this.key, round: this.round, expiresAt });
      this.#onPark(this);
    }, GATHER_MS);
  }

  #requireInput(waiting: Waiting, requests: string, content: StateContent): void {
    const state = this.#seal(content, this.#origin());
    const result = `{"resultType":"input_required","inputRequests":${requests},"requestState":"${state}"}`;
    const meta = serverInfoMeta(this.#initializeResult);
    waiting.reply.answer(resultMessage(waiting.clientId, decorate('', result, meta)), this.peer.now);
  }

  #deliver(message: string, now: number): void {
    const waiting = this.#waiting;
    const answer = scan(message);
    if (waiting === null || answer === null) return;
    this.#finish();
    const ending = endingOf(answer, {
      clientId: waiting.clientId,
      method: this.#method,
      capabilities: this.#capabilities,
      lacking: this.#lacking,
      initializeResult: this.#initializeResult,
    });
    if (ending === null) return;
    if ('inputRequests' in ending) {
      // The child has ended the call, so the next round makes it again.
      const expiresAt = this.peer.now + ROUND_MS;
      this.#requireInput(waiting, toWire(ending.inputRequests), { call: null, round: '', expiresAt });
      return;
    }
    const status = ending.answer.error === null ? 200 : modernStatus(ending.answer);
    waiting.reply.answer(ending.answer.text, now, status);
  }

  get #initializeResult(): string {
    return this.peer.initializeResult ?? '{}';
  }
}
