/** The result of one check. `missing` keeps Catwalk from running on Fly; a `warning` does not. */
export type Finding = {
  what: string;
  state: 'ok' | 'warning' | 'missing';
  /** The observation, in one sentence. */
  seen: string;
  /** The next step for the operator. */
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
