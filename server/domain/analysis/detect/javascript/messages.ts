import type { CodeFile } from '../code/code-file.ts';
import type { Read } from './reads.ts';

/** A message that a server prints or throws before it ends. */
const MESSAGE =
  /(?:Error\(|console\.(?:error|log|warn)\(|stderr\.write\(|\b(?:fail|die|exit|fatal|abort)\w{0,30}\()\s{0,40}(["'`])((?:(?!\1)[^\\]|\\.){5,400})\1/g;
const INSISTS =
  /(?<!\bto )\brequired?\b|\bmissing\b|\bnot (?:been )?(?:set|provided|defined|found|configured)\b|\bmust (?:be (?:set|provided|defined|configured)|set|provide)\b|\bno [\w\s]{0,30}(?:key|token|credentials)\w{0,30} (?:(?:was|were|is|are|has been) )?(?:provided|found|set|configured)|please (?:set|provide)/i;
/** A sentence that offers a setting, or speaks of one mode alone: "set X to enable Y", "unset X", "MODE=true requires X". */
const OFFERS =
  /[A-Z_]=\w{1,20} requires?\b|optional|warning|\bif you\b|deprecated|\bto (?:enable|require|disable|turn|allow|activate|protect|secure|override|suppress|silence|hide|skip|avoid)\b|\bunset\b|\b(?:when|if|unless|only) (?:using|running|you|the|in|for|transport|auth)\b/i;
const HTTP_MODE =
  /\b(?:https?|sse|streamable|oauth|remote|hosted)[- ](?:mode|transport|server|deployments?)\b|\b(?:in|for|with|over|via) (?:https?|sse|oauth)\b/i;
const NAMES = /\b[A-Z][A-Z0-9]{0,79}(?:_[A-Z0-9]{1,79})+\b/g;
const NAMES_MAX = 3;

/** `const MISSING = 'A_KEY is required'`, which the error is made from elsewhere in the file. */
const CONSTANT =
  /\b(?:const|let|var)\s{1,9}([A-Z][A-Z0-9_]{2,60}|\w{0,40}[Mm]essage)\s{0,9}=\s{0,9}(["'`])((?:(?!\2)[^\\\n]|\\.){5,400})\2/g;
const THROWN = /\bError\(\s{0,40}([A-Za-z_$][\w$]{2,60})\s{0,9}[,)]/g;

/** The messages of a file with the places of what prints or throws them. */
function* wordingsIn({ text, isInString }: CodeFile): Generator<{ message: string; offset: number }> {
  for (const match of text.matchAll(MESSAGE)) {
    if (!isInString(match.index)) yield { message: match[2] ?? '', offset: match.index };
  }
  const thrown = new Map([...text.matchAll(THROWN)].map((match) => [match[1] ?? '', match.index]));
  if (thrown.size === 0) return;
  for (const match of text.matchAll(CONSTANT)) {
    const offset = thrown.get(match[1] ?? '');
    if (offset !== undefined && !isInString(match.index)) yield { message: match[3] ?? '', offset };
  }
}

/** Variables that messages insist on: `throw new Error('A_KEY is required')`. */
export function* messagesIn(file: CodeFile): Generator<Read> {
  for (const { message, offset } of wordingsIn(file)) {
    if (!INSISTS.test(message) || OFFERS.test(message)) continue;
    const isOfHttp = HTTP_MODE.test(message);
    const names = [...new Set(message.match(NAMES) ?? [])];
    if (names.length > NAMES_MAX) continue;
    const alternatives = names.length > 1 && /\bor\b|\beither\b/i.test(message) ? { alternatives: names } : {};
    for (const name of names)
      yield {
        name,
        offset,
        end: offset,
        extra: isOfHttp ? { scope: 'http' } : { requirement: 'LAZY', ...alternatives },
        isMessage: !/\benv/i.test(message),
      };
  }
}
