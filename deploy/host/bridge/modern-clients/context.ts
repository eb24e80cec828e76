import { memberText } from '../json-edit.ts';
import { type Envelope, errorMessage, RPC, readable, resultMessage, scan, slice } from '../json-rpc.ts';
import { Session, type SessionPeer } from '../session.ts';
import { rankOf } from './legacy-request.ts';
import { createListeners, type Listeners } from './listeners.ts';
import type { PendingCall } from './pending-call.ts';
import { kindOf } from './questions.ts';

/** A parked call keeps its machine awake for this long (5 minutes). */
const AWAKE_MS = 5 * 60_000;

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
    const since = this.clock() - AWAKE_MS;
    let parked = 0;
    for (const { parkedAt } of this.calls) if (parkedAt !== null && parkedAt > since) parked += 1;
    return super.openStreams + parked;
  }

  override get busy(): boolean {
    return this.calls.size > 0 || super.openStreams > 0;
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
    if (kindOf(method) === null) {
      const isPing = method === 'ping';
      peer.send(
        isPing
          ? resultMessage(id, '{}')
          : errorMessage(id, RPC.METHOD_NOT_FOUND, `Method not found: ${readable(method)}`),
      );
      return;
    }
    const call = this.#callToAsk(peer);
    if (call) call.ask({ id, method, params: request.params && slice(request.text, request.params) });
    else peer.send(errorMessage(id, RPC.SERVER, 'No call is under way whose client could be asked.'));
  }

  override withdraw(peer: SessionPeer, id: string): void {
    for (const call of this.calls) if (call.peer === peer) call.withdraw(id);
  }

  override onChildEnd(child: object): void {
    if (this.peer === child) this.listeners.endAll(this.clock());
    super.onChildEnd(child);
  }

  /**
   * A legacy child does not say which call its request belongs to: it is for the newest call that a client waits for,
   * else for the newest that is parked.
   */
  #callToAsk(peer: SessionPeer): PendingCall | null {
    let newest: PendingCall | null = null;
    for (const call of this.calls) {
      if (call.peer !== peer || !call.canAsk) continue;
      if (newest === null || call.live || !newest.live) newest = call;
    }
    return newest;
  }
}
