import type { HostFailure } from '../contract.ts';
import type { Envelope } from './json-rpc.ts';

export const LISTEN = 'subscriptions/listen';

/** Receives the messages of a call. */
export interface CallReply {
  /** A client reads, or can resume. */
  readonly live: boolean;
  /** The endpoint's id of the request; read only for log lines. */
  readonly requestId: string | null;
  /** Set by the translation between the eras. */
  translated?: boolean;
  /** A message that belongs to the call but does not answer it. */
  send(message: string, now: number): void;
  /** The answer to one request. `status` applies as long as nothing was sent. */
  answer(message: string, now: number, status?: number): void;
  /** Takes a legacy child's answer as it came, under the child's id, in place of `answer`. */
  take?(answer: Envelope, now: number): void;
}

/** A user of a child, as far as the child has to know it. */
export interface Caller {
  readonly principal: string;
  /** The child has ended: requests of the child to this caller will not be answered. */
  onChildEnd(child: object): void;
}

/** A request that the child has not answered: a client's, or one of the bridge's own. */
export type Call<C extends Caller> = {
  session: C | null;
  reply: CallReply | null;
  /** The client's id and progress token, as they stood in its message. */
  clientId: string;
  token: string | null;
  method: string;
  onAnswer: ((answer: Envelope) => void) | null;
  onLost: ((failure: HostFailure) => void) | null;
  cancelledAt: number | null;
  /** A modern call that asked for log messages. */
  wantsLogs: boolean;
  /** The request may be one that is answered with a task (2025-11-25). */
  wantsTask: boolean;
  /** The host's own question to a child of a view: it sees the whole server. */
  isOwn?: boolean;
  /** The child's answer as a view shows it (views/); absent where everything is shown. */
  shown?: (answer: Envelope) => Envelope;
};

/** A request of the bridge's own: its answer is for the bridge, or for `reply`. */
export const ownCall = <C extends Caller>(method: string, takers: Partial<Call<C>>): Call<C> => ({
  session: null,
  reply: null,
  clientId: 'null',
  token: null,
  method,
  onAnswer: null,
  onLost: null,
  cancelledAt: null,
  wantsLogs: false,
  wantsTask: false,
  ...takers,
});

/** Notifies a child that the answer to a call is no longer awaited. */
export const cancellation = (id: number, reason: string): string =>
  `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id},"reason":${JSON.stringify(reason)}}}`;
