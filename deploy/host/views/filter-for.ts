import { LISTEN } from '../bridge/call.ts';
import type { Session, SessionPeer } from '../bridge/session.ts';
import { MODERN_VERSION } from '../bridge/versions.ts';
import { viewOfPrincipal } from '../view-contract.ts';
import type { AskPage } from './catalog.ts';
import type { HeldViews } from './held-views.ts';
import { ViewFilter } from './view-filter.ts';

const MODERN_META = `"_meta":{"io.modelcontextprotocol/protocolVersion":"${MODERN_VERSION}","io.modelcontextprotocol/clientCapabilities":{}}`;

/** Puts a view before the child, if its caller has one. To be called before the first message to the child. */
export const putView = (
  peer: SessionPeer,
  { principal }: Pick<Session, 'principal'>,
  views: Pick<HeldViews, 'viewOf'>,
): void => {
  const viewId = viewOfPrincipal(principal);
  if (viewId === null) return;
  views.viewOf(viewId); // throws before anything is changed
  peer.early.length = 0; // said before the view stood there
  const ask: AskPage = (method, cursor, signal) => {
    const members = [
      ...(peer.era === 'modern' ? [MODERN_META] : []),
      ...(cursor === null ? [] : [`"cursor":${cursor}`]),
    ];
    return peer.ask(`{"jsonrpc":"2.0","id":0,"method":"${method}","params":{${members.join(',')}}}`, signal, true);
  };
  peer.view = new ViewFilter({
    viewId,
    view: () => views.viewOf(viewId),
    isModern: () => peer.era === 'modern',
    send: (message) => peer.child?.send(message),
    request: (message) => peer.pass(message),
    ask,
    deliver: (message) => peer.deliver(message),
    answer: (message) => peer.answer(message),
    subscriptions: () => [...peer.pending].flatMap(([id, { method }]) => (method === LISTEN ? [id] : [])),
    now: () => peer.now,
  });
};
