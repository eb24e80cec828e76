import type { KeyboardEvent } from 'react';

/** Marks a text area whose text usually has one line. */
export const ONE_LINE = { 'data-one-line': true } as const;

/**
 * Tells whether a key sends the form: Enter in a text of one line, and Ctrl or ⌘ and Enter anywhere. Shift and Enter
 * begins a second line, from which Enter alone begins further ones.
 */
export function isSendKey({ key, ctrlKey, metaKey, shiftKey, altKey, target, nativeEvent }: KeyboardEvent): boolean {
  if (key !== 'Enter' || nativeEvent.isComposing) return false;
  if (ctrlKey || metaKey) return true;
  if (shiftKey || altKey || !(target instanceof HTMLTextAreaElement)) return false;
  return target.dataset['oneLine'] !== undefined && !target.value.includes('\n');
}
