import { type FocusEvent, useEffect, useRef } from 'react';

/**
 * Moves the focus to an anchor when the focused button of a group disappears or is disabled, so that the keyboard stays
 * where it was.
 */
export function useFocusFallback() {
  const anchor = useRef<HTMLButtonElement>(null);
  const isInside = useRef(false);
  // Runs after every render: each may have removed the focused button.
  useEffect(() => {
    const focused = document.activeElement;
    const isLost = focused === document.body || focused?.matches(':disabled');
    if (isInside.current && isLost) anchor.current?.focus({ preventScroll: true });
  });
  return {
    anchor,
    group: {
      onFocus: () => {
        isInside.current = true;
      },
      // When a button disappears, no other element receives the focus.
      onBlur: ({ relatedTarget }: FocusEvent) => {
        if (relatedTarget !== null) isInside.current = false;
      },
    },
  };
}
