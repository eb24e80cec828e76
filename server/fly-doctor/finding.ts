/** What one look found. `missing` keeps Catwalk from running on Fly; a `warning` does not. */
export type Finding = {
  what: string;
  state: 'ok' | 'warning' | 'missing';
  /** What was seen, in one sentence. */
  seen: string;
  /** What to do about it. */
  hint?: string;
};

export const ok = (what: string, seen: string): Finding => ({ what, state: 'ok', seen });
export const warning = (what: string, seen: string, hint: string): Finding => ({ what, state: 'warning', seen, hint });
export const missing = (what: string, seen: string, hint: string): Finding => ({ what, state: 'missing', seen, hint });

/** `fetch failed` says nothing: its cause does. */
export const sentenceOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
};
