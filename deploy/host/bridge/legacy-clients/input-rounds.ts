import { randomUUID } from 'node:crypto';
import type { CallReply } from '../call.ts';
import { insertMembers, memberText } from '../json-edit.ts';
import { type Envelope, errorMessage, findMember, RPC, scan, slice } from '../json-rpc.ts';
import { eachMember } from '../json-text.ts';
import { capabilityFor } from '../protocol-names.ts';
import type { Session, SessionPeer } from '../session.ts';
import { fromWire } from '../wire-values.ts';
import { legacyAnswer } from './legacy-answer.ts';
import { withInput } from './stateless-request.ts';

/** As many as the official client plays. */
const ROUNDS_MAX = 10;
const QUESTIONS_MAX = 32;
/** Methods whose answer may require input (2026-07-28, multi round-trip requests). */
const ASKING_METHODS = new Set(['tools/call', 'prompts/get', 'resources/read']);

type Question = { key: string; method: string; params: string | null };

const readQuestions = (text: string, requests: { start: number; end: number } | null): Question[] => {
  const questions: Question[] = [];
  if (requests !== null)
    eachMember(text, requests.start, (key, start, end) => {
      const at = { start, end };
      const method = text[start] === '{' ? memberText(text, at, 'method') : null;
      questions.push({
        key,
        method: method === null ? '' : method.slice(1, -1),
        params: method === null ? null : memberText(text, at, 'params'),
      });
    });
  return questions;
};

/** 2025-11-25 names each elicitation in a browser; the modern era has dropped the name. */
const legacyParams = ({ method, params }: Question): string | null => {
  if (method !== 'elicitation/create' || params === null) return params;
  const at = { start: 0, end: params.length };
  return memberText(params, at, 'mode') === '"url"' && findMember(params, at, 'elicitationId') === null
    ? insertMembers(params, at, `"elicitationId":"${randomUUID()}"`)
    : params;
};

/**
 * A call of a legacy client to a modern child. Each time the child requires input, the client is asked on the call's
 * own stream, and its answers become the child's next round of the same call.
 */
export class InputRounds implements CallReply {
  readonly #session: Session;
  readonly #peer: SessionPeer;
  readonly #reply: CallReply;
  /** The client's request, and the same with the metadata of the modern era. */
  readonly #request: Envelope;
  readonly #stateless: Envelope;
  readonly #capabilities: Record<string, unknown>;
  readonly #onEnd: () => void;
  #rounds = 0;
  /** Ids of the questions of this round, by which the session knows them. */
  #open = new Set<string>();
  #done = false;

  constructor(options: {
    session: Session;
    peer: SessionPeer;
    reply: CallReply;
    request: Envelope;
    stateless: Envelope;
    capabilities: Record<string, unknown>;
    onEnd: () => void;
  }) {
    this.#session = options.session;
    this.#peer = options.peer;
    this.#reply = options.reply;
    this.#request = options.request;
    this.#stateless = options.stateless;
    this.#capabilities = options.capabilities;
    this.#onEnd = options.onEnd;
  }

  get live(): boolean {
    return this.#reply.live;
  }

  get requestId(): string | null {
    return this.#reply.requestId;
  }

  /** The client was asked, and the child waits for the next round. */
  get asking(): boolean {
    return this.#open.size > 0;
  }

  start(): void {
    this.#peer.call(this.#session, this, this.#stateless);
  }

  /** The client no longer wants the answer. */
  cancel(): void {
    this.#end(errorMessage(this.#request.id, RPC.SERVER, 'The request was cancelled.'));
  }

  send(message: string, now: number): void {
    if (!this.#done) this.#reply.send(message, now);
  }

  answer(message: string): void {
    const answer = scan(message);
    if (this.#done || answer === null) return;
    const requires = memberText(answer.text, answer.result, 'resultType') === '"input_required"';
    if (requires && ASKING_METHODS.has(this.#request.method ?? '')) this.#ask(answer);
    else this.#end(legacyAnswer(this.#request, answer));
  }

  #end(message: string): void {
    if (this.#done) return;
    this.#done = true;
    for (const id of this.#open) this.#session.asked.delete(id);
    this.#open.clear();
    this.#onEnd();
    this.#reply.answer(message, this.#session.clock());
  }

  #fail(message: string): void {
    this.#end(errorMessage(this.#request.id, RPC.INTERNAL, message));
  }

  /** Names the reason why the server cannot have the input that it requires; null if the client may be asked. */
  #problemWith(questions: readonly Question[], state: string | null): string | null {
    if (this.#rounds > ROUNDS_MAX) return `The server still required input after ${ROUNDS_MAX} rounds.`;
    if (questions.length === 0 && state === null) return 'The server required input without naming it.';
    if (questions.length > QUESTIONS_MAX) return 'The server required too much input at once.';
    for (const { method } of questions) {
      const capability = capabilityFor(method);
      if (capability === null) return `The server required input of an unknown kind: ${method}.`;
      if (!(capability in this.#capabilities))
        return `The server requires a client with the capability "${capability}".`;
    }
    return null;
  }

  #ask(answer: Envelope): void {
    this.#rounds += 1;
    const state = memberText(answer.text, answer.result, 'requestState');
    const questions = readQuestions(answer.text, findMember(answer.text, answer.result, 'inputRequests'));
    const problem = this.#problemWith(questions, state);
    if (problem !== null) {
      this.#fail(problem);
      return;
    }
    if (questions.length === 0) {
      this.#retry(null, state);
      return;
    }
    const responses = new Map<string, string>();
    for (const question of questions)
      this.#putToClient(question, (response) => {
        responses.set(question.key, response);
        if (responses.size < questions.length) return;
        this.#retry(`{${[...responses].map(([key, value]) => `"${key}":${value}`).join(',')}}`, state);
      });
  }

  #putToClient(question: Question, onResponse: (response: string) => void): void {
    const id = this.#session.expectAnswer({
      peer: this.#peer,
      id: null,
      onAnswer: (answer) => {
        this.#open.delete(id);
        if (this.#done) return;
        if (answer.result) return onResponse(slice(answer.text, answer.result));
        // Input of the modern era is a result. Of the three kinds, only an elicitation has one that means "none".
        if (question.method === 'elicitation/create') return onResponse('{"action":"cancel"}');
        const error: unknown = answer.error ? fromWire(slice(answer.text, answer.error)) : null;
        this.#fail(`The client refused ${question.method}: ${JSON.stringify(error)}`);
      },
    });
    this.#open.add(id);
    const params = legacyParams(question);
    const body = params === null ? '' : `,"params":${params}`;
    this.#reply.send(`{"jsonrpc":"2.0","id":${id},"method":"${question.method}"${body}}`, this.#session.clock());
  }

  #retry(responses: string | null, state: string | null): void {
    if (this.#peer.ended) {
      this.#fail('The server has ended. Call the tool again.');
      return;
    }
    const next = withInput(this.#stateless, responses, state);
    if (next === null) {
      this.#fail('The server required input that cannot be sent back.');
      return;
    }
    this.#peer.call(this.#session, this, next);
  }
}
