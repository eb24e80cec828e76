import { useCallback, useMemo, useRef, useState } from 'react';

export type Selection = {
  /** Only ids that are listed: what a filter hides is never acted upon. */
  ids: ReadonlySet<string>;
  /** Chooses or leaves one; with `range` also everything between it and the one before. */
  toggle: (id: string, range: boolean) => void;
  setAll: (selected: boolean) => void;
  clear: () => void;
};

const NONE: ReadonlySet<string> = new Set();

/** Which rows of a list are chosen, in the order in which the list shows them. */
export function useSelection(listed: readonly string[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(NONE);
  const last = useRef<string | null>(null);
  const current = useRef(listed);
  current.current = listed;
  const ids = useMemo(
    () => (chosen.size === 0 ? NONE : new Set(listed.filter((id) => chosen.has(id)))),
    [chosen, listed],
  );

  const toggle = useCallback((id: string, range: boolean) => {
    const from = range && last.current !== null ? current.current.indexOf(last.current) : -1;
    const to = current.current.indexOf(id);
    const span = from === -1 || to === -1 ? [id] : current.current.slice(Math.min(from, to), Math.max(from, to) + 1);
    last.current = id;
    setChosen((before) => {
      const selects = !before.has(id);
      const next = new Set(before);
      for (const one of span) {
        if (selects) next.add(one);
        else next.delete(one);
      }
      return next;
    });
  }, []);
  const setAll = useCallback((selected: boolean) => setChosen(selected ? new Set(current.current) : NONE), []);
  const clear = useCallback(() => setChosen(NONE), []);
  return { ids, toggle, setAll, clear };
}
