import { useCallback, useMemo, useRef, useState } from 'react';

export type Selection = {
  /** Contains only ids that are listed: no action reaches a row that a filter hides. */
  ids: ReadonlySet<string>;
  /** Selects or deselects one row; with `range` also every row between it and the previous one. */
  toggle: (id: string, range: boolean) => void;
  setAll: (selected: boolean) => void;
  clear: () => void;
};

const NONE: ReadonlySet<string> = new Set();

/** Keeps which rows of a list are selected, in the order of the list. */
export function useSelection(listed: readonly string[]): Selection {
  const [selected, setSelected] = useState<ReadonlySet<string>>(NONE);
  const last = useRef<string | null>(null);
  const current = useRef(listed);
  current.current = listed;
  const ids = useMemo(
    () => (selected.size === 0 ? NONE : new Set(listed.filter((id) => selected.has(id)))),
    [selected, listed],
  );

  const toggle = useCallback((id: string, range: boolean) => {
    const from = range && last.current !== null ? current.current.indexOf(last.current) : -1;
    const to = current.current.indexOf(id);
    const span = from === -1 || to === -1 ? [id] : current.current.slice(Math.min(from, to), Math.max(from, to) + 1);
    last.current = id;
    setSelected((before) => {
      const selects = !before.has(id);
      const next = new Set(before);
      for (const one of span) {
        if (selects) next.add(one);
        else next.delete(one);
      }
      return next;
    });
  }, []);
  const setAll = useCallback((all: boolean) => setSelected(all ? new Set(current.current) : NONE), []);
  const clear = useCallback(() => setSelected(NONE), []);
  return { ids, toggle, setAll, clear };
}
