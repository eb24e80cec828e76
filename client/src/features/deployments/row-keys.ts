import { useWindowEvent } from '@mantine/hooks';
import { isTyping } from '../../ui/inputs/typing.ts';

/** The index of the row that has the focus, or -1. Each row's link carries `data-row` with its index. */
const rowOf = (target: EventTarget | null): number => {
  const row = target instanceof HTMLElement ? target.closest<HTMLElement>('[data-row]') : null;
  return row ? Number(row.dataset['row']) : -1;
};

type RowKeys = {
  count: number;
  /** Brings a row into view and focuses it. */
  focus: (index: number) => void;
  onToggle: (index: number, range: boolean) => void;
  onClear: () => void;
};

/** Moves by row with j, k and the arrows; x selects a row, with shift a range; Escape clears the selection. */
export function useRowKeys({ count, focus, onToggle, onClear }: RowKeys) {
  useWindowEvent('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    const at = rowOf(event.target);
    const go = (index: number) => {
      event.preventDefault();
      if (count > 0) focus(Math.max(0, Math.min(count - 1, index)));
    };
    const isInside = at !== -1;
    const { key } = event;
    if (key === 'j' || (isInside && key === 'ArrowDown')) go(at + 1);
    else if (key === 'k' || (isInside && key === 'ArrowUp')) go(isInside ? at - 1 : count - 1);
    else if (isInside && key === 'Home') go(0);
    else if (isInside && key === 'End') go(count - 1);
    else if (isInside && key.toLowerCase() === 'x') {
      event.preventDefault();
      onToggle(at, event.shiftKey);
    } else if (key === 'Escape') onClear();
  });
}
