export const STEP_STATES = ['PASSED', 'WARNING', 'FAILED', 'SKIPPED'] as const;
export type StepState = (typeof STEP_STATES)[number];

export type Outcome = {
  state: StepState;
  /** The result, in a sentence. */
  seen: string;
  /** The remedy; null when none is needed. */
  hint: string | null;
};

export type DiagnosisStep = Outcome & { key: string; title: string; durationMs: number };

/** A step still to be taken. When one fails, the others of its group are skipped; without a way, all of them. */
export type Step = {
  key: string;
  title: string;
  group: 'way' | 'oauth' | 'mcp';
  look: () => Promise<Outcome>;
};

export const passed = (seen: string): Outcome => ({ state: 'PASSED', seen, hint: null });
export const warning = (seen: string, hint: string): Outcome => ({ state: 'WARNING', seen, hint });
export const skipped = (seen: string): Outcome => ({ state: 'SKIPPED', seen, hint: null });

/** A problem that a step cannot continue from, with the observation and its remedy. */
export class Trouble extends Error {
  readonly hint: string;

  constructor(seen: string, hint: string, options?: ErrorOptions) {
    super(seen, options);
    this.name = 'Trouble';
    this.hint = hint;
  }
}
