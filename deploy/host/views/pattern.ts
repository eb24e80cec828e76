const matchesParts = (parts: readonly string[], text: string): boolean => {
  const [first = ''] = parts;
  if (parts.length === 1) return text === first;
  const last = parts.at(-1) ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
};

/** Reports whether the pattern matches the whole text: `*` stands for any text, everything else for itself. */
export const matchesPattern = (pattern: string, text: string): boolean => matchesParts(pattern.split('*'), text);

/** An expression of a URI template (RFC 6570). */
const EXPRESSION = /\{[^{}]*\}/g;

/** The same for URIs, where a pattern may be the template of resources: its expressions stand for any text. */
export const matchesUriPattern = (pattern: string, uri: string): boolean =>
  matchesPattern(pattern, uri) || (pattern.includes('{') && matchesPattern(pattern.replace(EXPRESSION, '*'), uri));
