/** Inputs that take a click or an arrow key, and no letter. */
const WITHOUT_TEXT = new Set(['radio', 'checkbox', 'button', 'submit', 'reset', 'range', 'color', 'file', 'image']);

/**
 * Tells whether a letter typed here belongs to the element, so that it is not a shortcut. A filter that was just chosen
 * keeps the focus without taking letters: radio buttons always, a list of options when a pointer chose from it.
 */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[role="dialog"], [role="menu"]') !== null) return true;
  if (target instanceof HTMLInputElement) return !WITHOUT_TEXT.has(target.type) && !target.readOnly;
  if (target instanceof HTMLSelectElement) return target.matches(':focus-visible');
  return target instanceof HTMLTextAreaElement;
}
