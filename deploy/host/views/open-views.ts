import type { SessionPeer } from '../bridge/session.ts';
import { createHeldViews, type HeldViews } from './held-views.ts';
import { createViewsGate, type ViewsGate } from './views-gate.ts';

/** The views of a host: their rules, and the gate before requests that need rules. Children follow changes at once. */
export const openViews = (peers: () => Iterable<SessionPeer>): { held: HeldViews; gate: ViewsGate } => {
  const held = createHeldViews((id) => {
    for (const { view } of peers()) if (view?.viewId === id) view.rulesChanged();
  });
  return { held, gate: createViewsGate(held) };
};
