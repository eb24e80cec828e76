import type { HeldView } from '../view-contract.ts';
import { type CompiledView, compileView } from './compiled-view.ts';
import { ViewWantedError } from './view-wanted.ts';

/** A deployment has far fewer; those of deleted views are forgotten first. */
const VIEWS_MAX = 1_000;

export type HeldViews = {
  /** Reports whether the rules are held that the request needs, or newer ones. */
  holds(id: string, revision: number): boolean;
  /** Takes rules in place of older ones of the view. Children follow at once: nothing is started again. */
  take(view: HeldView): void;
  /** The present rules. Throws ViewWantedError where none are held. */
  viewOf(id: string): CompiledView;
};

/** The views of a host, in memory alone. */
export const createHeldViews = (onChanged: (viewId: string) => void): HeldViews => {
  const held = new Map<string, { revision: number; view: CompiledView }>();
  return {
    holds: (id, revision) => (held.get(id)?.revision ?? -1) >= revision,
    take({ id, revision, rules }) {
      const known = held.get(id);
      if (known && known.revision >= revision) return;
      held.delete(id);
      held.set(id, { revision, view: compileView(rules) });
      if (held.size > VIEWS_MAX)
        for (const oldest of held.keys()) {
          held.delete(oldest);
          break;
        }
      if (known) onChanged(id);
    },
    viewOf(id) {
      const found = held.get(id);
      if (!found) throw new ViewWantedError();
      return found.view;
    },
  };
};
