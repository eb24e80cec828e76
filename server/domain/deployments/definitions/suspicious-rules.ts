/**
 * The rules for texts that steer a model against its user, or that people do not see. Each names what it looks for. All
 * of them bound every repeat, so that a text takes time in proportion to its length.
 */
export type SuspicionRule =
  | 'ZERO_WIDTH'
  | 'BIDIRECTIONAL'
  | 'TAG_CHARACTERS'
  | 'CONTROL_CHARACTERS'
  | 'MIXED_SCRIPTS'
  | 'HIDDEN_MARKUP'
  | 'BLANK_RUN'
  | 'ENCODED_TEXT'
  | 'INSTRUCTION'
  | 'CONCEALMENT'
  | 'OTHER_TOOLS'
  | 'SECRETS'
  | 'SENDS_DATA'
  | 'TOO_LARGE';

/** `raw` expressions see the text as it came; the others see it in lower case, with plain spaces and without hidden characters. */
export type Rule = { rule: SuspicionRule; isRaw: boolean; pattern: RegExp };

const raw = (rule: SuspicionRule, pattern: RegExp): Rule => ({ rule, isRaw: true, pattern });
const plain = (rule: SuspicionRule, pattern: RegExp): Rule => ({ rule, isRaw: false, pattern });

export const RULES: readonly Rule[] = [
  // A joiner between letters of scripts that need it, or within an emoji, is no hidden character.
  raw('ZERO_WIDTH', /\u034f|[\u00ad\u115f\u1160\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0]/gu),
  raw(
    'ZERO_WIDTH',
    /(?<![\p{sc=Arab}\p{sc=Deva}\p{sc=Beng}\p{sc=Mlym}\p{sc=Sinh}\p{sc=Taml}\p{sc=Telu}\p{sc=Knda}\p{M}\p{Extended_Pictographic}])[\u200c\u200d]/gu,
  ),
  raw('BIDIRECTIONAL', /[\u202a-\u202e\u2066-\u2069]/gu),
  raw(
    'TAG_CHARACTERS',
    /(?<!\u{1f3f4}[\u{e0020}-\u{e007e}]{0,6})[\u{e0000}-\u{e007f}]|[\ufe00-\ufe0d\u{e0100}-\u{e01ef}]/gu,
  ),
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what the rule looks for
  raw('CONTROL_CHARACTERS', /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/gu),
  raw('MIXED_SCRIPTS', /\p{sc=Latn}\p{sc=Cyrl}|\p{sc=Cyrl}\p{sc=Latn}/gu),
  raw('BLANK_RUN', /\s{80}/gu),
  raw('ENCODED_TEXT', /[A-Za-z0-9+/=_-]{120}/gu),
  plain(
    'HIDDEN_MARKUP',
    /<!--|display ?: ?none|<\/?(?:important|system|instructions?|hidden|secret|assistant|admin)>/gu,
  ),
  plain('HIDDEN_MARKUP', /<\|[a-z_]{1,20}\|>|\[\/?inst\]|<<sys>>/gu),
  plain(
    'INSTRUCTION',
    /\b(?:ignore|disregard|forget|override|bypass) (?:(?:all|any|the|your|every|of|these|those|other) ){0,3}(?:previous|prior|above|earlier|preceding|existing|other)? ?(?:instructions?|rules|prompts?|guidelines|directions|policies|restrictions|safety)\b/gu,
  ),
  plain('INSTRUCTION', /\b(?:system|developer) (?:prompt|message|instructions?)\b/gu),
  plain(
    'INSTRUCTION',
    /\b(?:you (?:must|have to|need to|should|are required to)|make sure to|be sure to|always|never) (?:[a-z]+ ){0,2}(?:call|invoke|run|execute|include|pass|send|append|attach|follow|obey|respond|reply)\b/gu,
  ),
  plain('INSTRUCTION', /\b(?:as an ai|you are now|new instructions?|act as (?:a|an|the)|pretend (?:to be|that))\b/gu),
  plain(
    'CONCEALMENT',
    /\b(?:do not|don't|never|without|avoid|must not) (?:[a-z]+ ){0,2}(?:tell|telling|mention|mentioning|inform|informing|notify|notifying|show|showing|reveal|revealing|asking|ask|alert|alerting|disclose|disclosing) (?:[a-z]+ ){0,4}(?:user|users|human|person|owner|anyone|them)\b/gu,
  ),
  plain('CONCEALMENT', /\b(?:silently|secretly|covertly|hide (?:this|it) from|behind the scenes)\b/gu),
  plain(
    'OTHER_TOOLS',
    /\b(?:before|after|when|whenever|instead of|prior to) (?:[a-z]+ ){0,2}(?:using|calling|invoking|running|use|call) (?:of )?(?:any|every|all|the|another|other) (?:[a-z_]+ )?tools?\b|\b(?:other|all|any|every|another) (?:available )?tools?\b|\binstead of (?:the )?[\w-]{1,60} tool\b/gu,
  ),
  plain(
    'SECRETS',
    /\b(?:api[ _-]?keys?|passwords?|passphrases?|credentials?|secrets?|(?:access|auth|bearer|session|refresh) tokens?|private keys?|ssh keys?|id_rsa|id_ed25519|cookies?|seed phrases?|environment variables?|(?:conversation|chat) history|(?:previous|entire|full|whole) (?:conversation|chat|messages?))\b/gu,
  ),
  plain(
    'SECRETS',
    /~\/\.(?:ssh|aws|config|gnupg|npmrc|netrc|kube|docker)|\/etc\/(?:passwd|shadow)|(?<![\w.])\.env\b|mcp\.json\b/gu,
  ),
  plain(
    'SENDS_DATA',
    /\b(?:send|forward|post|upload|copy|transmit|exfiltrate|report|submit|leak|bcc|cc)\b[^.!?]{0,60}(?:https?:\/\/|[a-z0-9._-]{1,40}@[a-z0-9-]{1,63}\.)/gu,
  ),
];

/** Sentences for people, for each rule. */
export const RULE_TEXTS: Readonly<Record<SuspicionRule, string>> = {
  ZERO_WIDTH: 'holds characters that people do not see',
  BIDIRECTIONAL: 'holds characters that change the direction of text, so that people read something else',
  TAG_CHARACTERS: 'holds invisible characters that can carry a hidden message',
  CONTROL_CHARACTERS: 'holds control characters',
  MIXED_SCRIPTS: 'mixes letters of two alphabets within a word',
  HIDDEN_MARKUP: 'holds markup that hides text from people or imitates a prompt',
  BLANK_RUN: 'holds a long run of blanks, which moves text out of sight',
  ENCODED_TEXT: 'holds a long run of encoded text',
  INSTRUCTION: 'gives instructions to the model',
  CONCEALMENT: 'asks to keep something from the user',
  OTHER_TOOLS: 'speaks of other tools',
  SECRETS: 'speaks of secrets or private data',
  SENDS_DATA: 'asks to send data to an address',
  TOO_LARGE: 'is too large to be examined in full',
};
