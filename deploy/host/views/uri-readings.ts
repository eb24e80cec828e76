const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Escapes within escapes; a server decodes once, at most twice. */
const DECODINGS = 2;

const withoutDots = (uri: string): string => {
  const at = uri.indexOf('://');
  if (at === -1) return uri;
  const [head, tail] = [uri.slice(0, at + 3), uri.slice(at + 3)];
  const parts: string[] = [];
  for (const part of tail.replaceAll('\\', '/').split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && (part !== '' || parts.length === 0 || parts.at(-1) !== '')) parts.push(part);
  }
  return head + parts.join('/');
};

/**
 * The forms in which a server may read a URI: as it stands, as a URL parser writes it, without escapes, without dot
 * segments, in lower case and in one Unicode form. A view shows a URI only if it shows each of them, so that no spelling
 * reaches what it hides.
 */
export const readingsOf = (uri: string): ReadonlySet<string> => {
  const readings = new Set([uri]);
  let text = uri;
  for (let round = 0; round <= DECODINGS; round += 1) {
    for (const form of [text, text.trim(), text.normalize('NFC'), text.normalize('NFKC')]) {
      readings.add(form);
      readings.add(withoutDots(form));
      if (URL.canParse(form)) readings.add(new URL(form).href);
      if (URL.canParse(form)) readings.add(withoutDots(decoded(new URL(form).href)));
    }
    const next = decoded(text);
    if (next === text) break;
    text = next;
  }
  return readings;
};

/** One form for all spellings of a URI, or of a pattern. */
export const looseForm = (uri: string): string =>
  withoutDots(decoded(uri).normalize('NFKC')).toLowerCase().replace(/\/$/, '');
