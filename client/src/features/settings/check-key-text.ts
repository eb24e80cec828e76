/** Finds a mistake in the form of a pasted key while it is typed; only its service knows whether the key is valid. */
export function checkKeyText(text: string): string | null {
  const key = text.trim().replace(/^(?:FlyV1|Bearer) /, '');
  if (key === '') return null;
  if (/\s/.test(key)) return 'A key has no spaces. Paste only the key.';
  return /^[\x21-\x7e]+$/.test(key) ? null : 'A key has only plain letters, digits and symbols.';
}
