import type { CodeFile } from '../code/code-file.ts';
import type { Read } from './reads.ts';

/** A message that a server prints or throws before it ends. */
const MESSAGE =
  /(?:Error\(|console\.(?:error|log|warn)\(|stderr\.write\(|\b(?:fail|die|exit|fatal|abort)\w{0,30}\()\s{0,40}(["'`])((?:(?!\1)[^\\]|\\.){5,400})\1/g;
const INSISTS =
  /\brequired?\b|\bmissing\b|\bnot (?:been )?(?:set|provided|defined|found|configured)\b|\bmust (?:be (?:set|provided|defined|configured)|set|provide)\b|\bno [\w\s]{0,30}(?:key|token|credentials)\w{0,30} (?:(?:was|were|is|are|has been) )?(?:provided|found|set|configured)|please (?:set|provide)/i;
const NAMES = /\b[A-Z][A-Z0-9]{0,79}(?:_[A-Z0-9]{1,79})+\b/g;
const NAMES_MAX = 3;

/** Variables that messages insist on: `throw new Error('A_KEY is required')`. */
export function* messagesIn({ text, isInString }: CodeFile): Generator<Read> {
  for (const match of text.matchAll(MESSAGE)) {
    const message = match[2] ?? '';
    if (isInString(match.index) || !INSISTS.test(message) || /optional|warning|\bif you\b|deprecated/i.test(message))
      continue;
    const names = [...new Set(message.match(NAMES) ?? [])];
    if (names.length > NAMES_MAX) continue;
    const alternatives = names.length > 1 && /\bor\b|\beither\b/i.test(message) ? { alternatives: names } : {};
    for (const name of names)
      yield {
        name,
        offset: match.index,
        end: match.index,
        extra: { requirement: 'LAZY', ...alternatives },
        isMessage: !/\benv/i.test(message),
      };
  }
}
