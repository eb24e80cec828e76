/** A part of a text that stands for a value which the reader has to supply. */
export type Placeholder = {
  /** Offset of the placeholder in the text. */
  start: number;
  end: number;
  /** The name that it gives the value; null for one without a name, such as `xxx`. */
  name: string | null;
  /** The value when nothing is supplied: `x` in `${VAR:-x}`. */
  default: string | null;
};

/** `${input:id}`, `${env:NAME}`, `${NAME:-x}`, `${NAME}`, `{{name}}`, `%NAME%`, `<name>`, `$NAME`. */
const MARKED =
  /\$\{(?:input|env|config|user_config)[:.]([\w.-]{1,100})\}|\$\{(\w{1,100}):?-([^{}]{0,500})\}|\$\{([\w.]{1,100})\}|\{\{\s{0,9}([\w.-][\w .-]{0,59}?)\s{0,9}\}\}|%([A-Za-z_]\w{0,99})%|<([^<>\n]{1,60})>|\$([A-Z_][A-Z0-9_]{0,99})/g;

/** Texts that are a placeholder as a whole: `YOUR_API_KEY`, `your-token`, `xxx`, `…`, `changeme`, `sk-...`. */
const WHOLE =
  /^(?:your|my|the)[-_ ].+|^.*[-_ ]YOUR[-_ ].+|^.+[-_ ]here$|^x{3}[-x]*$|^(?:[\w-]*[-_])?(?:\.{3}|…|x{4,}|\*{3,})$|^\*{3,}$|^\.{3}$|^…$|^change[-_ ]?me$|^replace[-_ ]?(?:me|with.*|this.*)$|^(?:insert|enter|paste|put)[-_ ].+|^placeholder$|^\[[^\]]*\]$|^(?:\/[\w.-]+)*\/path[-_/]to\/.*|^(?:C:)?\\path\\to\\.*/i;

/** A longer text is a value, whatever it looks like. */
const WHOLE_CHARACTERS_MAX = 1_000;

/** Every placeholder in a text, in order. An empty text is one as a whole. */
export function placeholdersIn(text: string): Placeholder[] {
  const marked = [...text.matchAll(MARKED)].map((match): Placeholder => {
    const [whole, input, withDefault, fallback, variable, braces, percent, angle, dollar] = match;
    const start = match.index;
    const name = (input ?? withDefault ?? variable ?? braces ?? percent ?? angle ?? dollar ?? '').trim();
    return { start, end: start + whole.length, name: name || null, default: fallback ?? null };
  });
  if (marked.length > 0) return marked;
  const trimmed = text.trim();
  const isWhole = trimmed === '' || (trimmed.length <= WHOLE_CHARACTERS_MAX && WHOLE.test(trimmed));
  return isWhole ? [{ start: 0, end: text.length, name: null, default: null }] : [];
}

/** The placeholder that is the whole text; null for other texts. */
export function wholePlaceholder(text: string): Placeholder | null {
  const [first, ...others] = placeholdersIn(text);
  return first && others.length === 0 && first.start === 0 && first.end === text.length ? first : null;
}

/** The text itself when it has no placeholders, the default when it is one placeholder, and null for other texts. */
export function realValueOf(text: string): string | null {
  const placeholders = placeholdersIn(text);
  if (placeholders.length === 0) return text;
  return wholePlaceholder(text)?.default || null;
}
