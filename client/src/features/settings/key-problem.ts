/** What a pasted key cannot be, said while it is typed; only its service knows whether it is right. */
export function keyProblem(text: string): string | null {
  const key = text.trim().replace(/^(?:FlyV1|Bearer) /, '');
  if (key === '') return null;
  if (/\s/.test(key)) return 'A key has no spaces: was more than the key pasted?';
  return /^[\x21-\x7e]+$/.test(key) ? null : 'A key has only plain letters, digits and signs.';
}
