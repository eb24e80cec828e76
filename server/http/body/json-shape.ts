const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** How deep the values of a JSON text nest, and how many there are. */
export type JsonLimits = { depthMax: number; valuesMax: number };

/**
 * Reports whether a JSON text stays within the limits. A parsed value takes up to a hundred times the memory of its
 * text, so the text is measured first, in one pass that builds nothing. Does not check that the text is well-formed.
 */
export function fitsJsonLimits(text: Buffer, { depthMax, valuesMax }: JsonLimits): boolean {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        values += 1;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
        break;
      case COMMA:
        values += 1;
        break;
      default:
    }
    if (depth > depthMax || values > valuesMax) return false;
  }
  return true;
}

/** The position of the closing quote, or the end of the text. */
function endOfString(text: Buffer, opening: number): number {
  let end = text.indexOf(QUOTE, opening + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf(QUOTE, end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: Buffer, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}
