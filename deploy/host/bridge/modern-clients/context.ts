import { memberText } from '../json-edit.ts';
import { type Envelope, errorMessage, RPC, resultMessage, scan, slice } from '../json-rpc.ts';
import { capabilityFor } from '../protocol-names.ts';
import { QUESTION_AWAKE_MS, Session, type SessionPeer } from '../session.ts';
import { readable } from '../wire-values.ts';
import { rankOf } from './legacy-request.ts';
import { createListeners, type Listeners } from './listeners.ts';
import type { PendingCall } from './pending-call.ts';
import type { Question } from './questions.ts';

/**
 * Modern clients with the same terms, as their legacy child sees them: one session. Messages of the child go to the
 * calls and streams that they are for, because a stateless client has no stream of its own.
 */
export class ModernContext extends Session {
  /** Requests that wait for the context's child to start. */
  starting = 0;
  readonly calls = new Set<PendingCall>();
  readonly listeners: Listeners = createListeners(this);

  override get openStreams(): number {
    const since = this.clock() - QUESTION_AWAKE_MS;
    let parked = 0;
    for (const { parkedAt } of this.calls) if (parkedAt !== null && parkedAt > since) parked += 1;
    return super.openStreams + parked;
  }

  override get forgottenCalls(): number {
    const since = this.clock() - QUESTION_AWAKE_MS;
    let forgotten = 0;
    for (const { parkedAt } of this.calls) if (parkedAt !== null && parkedAt <= since) forgotten += 1;
    return forgotten;
  }

  override get work(): number {
    return Math.max(0, this.openStreams - this.listeningStreams);
  }

  override get busy(): boolean {
    return this.starting > 0 || this.calls.size > 0 || super.openStreams > 0;
  }

  /** Log messages go to the calls that ask for them, at their level (2026-07-28, logging). */
  override deliver(text: string): void {
    const message = scan(text);
    if (message?.method !== 'notifications/message') return;
    const rank = rankOf(memberText(text, message.params, 'level')?.slice(1, -1));
    for (const call of this.calls) if (call.logRank !== -1 && rank >= call.logRank) call.send(text, this.clock());
  }

  /** Changes go to the streams that listen for them. */
  override announce(text: string): void {
    this.listeners.deliver(text, this.clock());
  }

  override ask(peer: SessionPeer, request: Envelope): void {
    const { id, method } = request;
    if (id === null || method === null) return;
    if (capabilityFor(method) === null) {
      const isPing = method === 'ping';
      peer.send(
        isPing
          ? resultMessage(id, '{}')
          : errorMessage(id, RPC.METHOD_NOT_FOUND, `Method not found: ${readable(method)}`),
      );
      return;
    }
    this.askFor(peer, { id, method, params: request.params && slice(request.text, request.params) });
  }

  /** Puts a question to the call that it most likely belongs to. */
  askFor(peer: SessionPeer, question: Question): void {
    const call = this.#callToAsk(peer);
    if (call) call.ask(question);
    else peer.send(errorMessage(question.id, RPC.SERVER, 'No call is under way whose client could be asked.'));
  }

  /** Puts a question to another call than the one that was asked first. Principals never see each other's questions. */
  askAnother(peer: SessionPeer, question: Question): void {
    if (peer.principals.size <= 1) this.askFor(peer, question);
    else peer.send(errorMessage(question.id, RPC.SERVER, 'Several callers share this server, so no client is asked.'));
  }

  override withdraw(peer: SessionPeer, id: string): void {
    for (const call of this.calls) if (call.peer === peer) call.withdraw(id);
  }

  override onChildEnd(child: object): void {
    if (this.peer === child) this.listeners.endAll(this.clock());
    super.onChildEnd(child);
  }

  /**
   * A legacy child does not say which call its request belongs to. It is for the newest call whose client waits and was
   * not asked yet, so that of calls that ask at the same time each goes on; else for the newest that waits, or is parked.
   */
  #callToAsk(peer: SessionPeer): PendingCall | null {
    const rankOfCall = (call: PendingCall) => (call.isUnasked ? 2 : call.live ? 1 : 0);
    let best: PendingCall | null = null;
    for (const call of this.calls) {
      if (call.peer !== peer || !call.canAsk) continue;
      if (best === null || rankOfCall(call) >= rankOfCall(best)) best = call;
    }
    return best;
  }
}
