import { type FocusEvent, useEffect, useRef } from 'react';

/**
 * Buttons that come and go take the focus with them. When the one that had it is gone or disabled, it goes to the
 * anchor beside it, so that the keyboard stays where it was.
 */
export function useKeptFocus() {
  const anchor = useRef<HTMLButtonElement>(null);
  const isInside = useRef(false);
  // Whatever is rendered may have taken it.
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
      // Of a button that vanishes nothing takes over the focus.
      onBlur: ({ relatedTarget }: FocusEvent) => {
        if (relatedTarget !== null) isInside.current = false;
      },
    },
  };
}
