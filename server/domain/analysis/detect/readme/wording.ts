import type { EnvFinding } from '../finding.ts';

const REQUIRED_WORD =
  /\brequired\b|\bmandatory\b|\bmust be set\b|必填|必須|必需|requerid[oa]|obligatorio|erforderlich|requis/i;
const OPTIONAL_WORD =
  /\boptional(?:ly)?\b|\bnot required\b|\bdefaults?\b|\bif (?:not )?(?:set|provided|you)\b|\bonly (?:if|when|for|needed|required)\b|\brequired (?:if|when|for|unless)\b|\bwhen\b|可选|任意|省略|opcional|optionnel/i;
const DEFAULT_TEXT =
  /\bdefaults?(?:\s(?:is|value|to))?(?:\s?[:=])?\s?(?:`([^`]{1,200})`|"([^"]{1,200})"|\*\*([^*]{1,200})\*\*|([\w/~-][\w./:-]{0,199})(?=\s?(?:$|[,;)(<|]|\.(?:\s|$))))/i;
/** Words that describe a default and are not the default itself: "defaults to disabled". */
const NO_VALUE =
  /^(?:none|null|nil|undefined|unset|empty|not|no|n\/a|-|–|—|to|is|the|your|disabled|enabled|auto[- ]?(?:detect\w*|generated)?|detected|random(?:ly)?|generated|current|required|optional|varies|dynamic|unlimited|inherited|behaviou?r|value|branch|see|same)$/i;
const CHOICES =
  /(?:one of|either|options?|values?|allowed|possible)[^`"']{0,20}((?:[`"'][\w.-]{1,60}[`"'](?:\s?,)?\s?(?:\||\/|or\b|and\b)?\s?){2,40})/i;
/** Required, but another one does as well. */
const UNLESS =
  /\b(?:required|needed|mandatory|necessary)\b[^.;\n]{0,40}?\b(?:unless|if (?:no|neither)|when (?:no|neither))\s[^.;\n`]{0,30}`([A-Z][A-Z0-9_]{1,79})`(?:[^.;\n]{0,20}\b(?:is|are)\s+(?:set|provided|given|used|not))?/;

/** It matters only where the server is reached over HTTP, or is run for others. */
const HTTP_ONLY =
  /\bonly (?:used |applies |applied |relevant |applicable |needed |required |for |in |when |with )+(?:to |when |if |for |in |with |the )*(?:using |transport (?:is|=) )?[`'"]?(?:streamable[ -]?)?(?:http|sse)\b|\b(?:http|sse) (?:server|transport|mode|endpoint|listener|stateless)\b|\bHTTP-only\b/i;

/** A description is a sentence or two: what a longer text says behind them is not read. */
export const TEXT_CHARACTERS_MAX = 1_000;

/** Words of a sentence in the place of a value: "current directory", "None; required". */
const PROSE_WORDS_MIN = 2;

/**
 * The value in a cell of defaults, or null. Code style marks a value; without it a cell of several words describes
 * the default instead of giving it.
 */
export function defaultIn(cell: string): string | null {
  const code = /^[^`]{0,20}`([^`]{1,300})`/.exec(cell)?.[1];
  const value = code ?? textOf(cell).replace(/^(["'])(.*)\1$/, '$2');
  if (value === '' || value === '""' || value === "''" || NO_VALUE.test(value)) return null;
  if (code === undefined && value.split(/\s+/).length >= PROSE_WORDS_MIN) return null;
  return value;
}

/** Markdown without its marks, on one line. */
export function textOf(markdown: string): string {
  return markdown
    .slice(0, TEXT_CHARACTERS_MAX)
    .replace(/\[([^[\]]{1,300})\]\([^()]{0,300}\)/g, '$1')
    .replace(/<[^<>]{1,300}>/g, '')
    .replace(/[*`]/g, '')
    .replace(/^[\s:–—=-]+/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
}

const helpUrlIn = (text: string): string | undefined => /https:\/\/[^\s)>"'`\]]+/.exec(text)?.[0]?.replace(/[.,]$/, '');

/** Reads the words around the name of a variable. */
export function wording(markdown: string, name?: string): Partial<EnvFinding> {
  const text = markdown.slice(0, TEXT_CHARACTERS_MAX).replace(/\s+/g, ' ');
  const found: Partial<EnvFinding> = {};
  const fallback = DEFAULT_TEXT.exec(text);
  const value = fallback?.[1] ?? fallback?.[2] ?? fallback?.[3] ?? fallback?.[4];
  if (value && !NO_VALUE.test(value)) found.default = value.replace(/[.,;)]{1,5}$/, '');
  const other = UNLESS.exec(text)?.[1];
  if (other && name && other !== name) {
    found.requirement = 'LAZY';
    found.alternatives = [name, other];
  } else if (REQUIRED_WORD.test(text) && !OPTIONAL_WORD.test(text)) found.requirement = 'LAZY';
  else if (OPTIONAL_WORD.test(text)) found.requirement = 'OPTIONAL';
  const choices = CHOICES.exec(text)?.[1];
  if (choices) found.choices = [...choices.matchAll(/[`"']([\w.-]+)[`"']/g)].flatMap((match) => match[1] ?? []);
  if (HTTP_ONLY.test(text)) found.scope = 'http';
  const help = helpUrlIn(text);
  if (help) found.helpUrl = help;
  return found;
}
