/** Selects where a fault strikes: on a request, or at a point of a machine's life. */
export type FaultMatch = {
  method?: string;
  /** The path below `/v1`. */
  path?: string | RegExp;
  /** Requests: `create get list wait start stop suspend restart update delete …`. Life: `settle launch suspend resume`. */
  action?: string;
  machine?: string;
};

export type RequestEffect =
  | { kind: 'latency'; ms: number }
  /** An answer instead of the true one: before the work is done, or after it. */
  | { kind: 'answer'; when: 'before' | 'after'; status: number; body?: unknown; headers?: Record<string, string> }
  /** Nothing is ever answered; the client's time limit ends it. */
  | { kind: 'hang'; when: 'before' | 'after' }
  /** The connection is cut. */
  | { kind: 'reset'; when: 'before' | 'after' }
  | { kind: 'rate-limit'; retryAfterSeconds?: number }
  | { kind: 'capacity'; status: 409 | 422 }
  /** `create`, `create-app`: every second call misses what was created, for this long. */
  | { kind: 'unseen'; ms: number };

export type LifeEffect =
  /** `settle`, `launch`: the machine stays in its state for this long: a start soon after create is refused, a suspend is slow. */
  | { kind: 'delay'; ms: number }
  /** `launch`: accepted, and then nothing ever happens. */
  | { kind: 'never' }
  /** `launch`: started, but its port is not reported for this long. */
  | { kind: 'late-port'; ms: number }
  /** `launch`: the process ends as soon as it runs. */
  | { kind: 'die'; oom?: boolean }
  /** `resume`: the memory is gone, the machine starts cold. */
  | { kind: 'lost-snapshot' };

export type FaultRule = {
  match: FaultMatch;
  /** How often it strikes; default once. */
  times?: number;
  /** How many matches pass before it strikes; default none. */
  after?: number;
  effect: RequestEffect | LifeEffect;
};

export type FaultSubject = { method?: string; path?: string; action: string; machine: string | null };

const LIFE_KINDS = new Set(['delay', 'never', 'late-port', 'die', 'lost-snapshot']);
const isLife = (effect: FaultRule['effect']): effect is LifeEffect => LIFE_KINDS.has(effect.kind);

const matches = (match: FaultMatch, subject: FaultSubject): boolean => {
  if (match.method !== undefined && match.method !== subject.method) return false;
  if (match.action !== undefined && match.action !== subject.action) return false;
  if (match.machine !== undefined && match.machine !== subject.machine) return false;
  if (match.path === undefined) return true;
  if (subject.path === undefined) return false;
  return typeof match.path === 'string' ? subject.path.includes(match.path) : match.path.test(subject.path);
};

/** Keeps the faults that tests ask for, and applies them in that order. */
export const createFaults = () => {
  const rules = new Set<{ rule: FaultRule; skip: number; left: number }>();

  const strike = (subject: FaultSubject, life: boolean): FaultRule['effect'][] => {
    const effects: FaultRule['effect'][] = [];
    for (const entry of rules) {
      if (isLife(entry.rule.effect) !== life || !matches(entry.rule.match, subject)) continue;
      if (entry.skip > 0) {
        entry.skip -= 1;
        continue;
      }
      entry.left -= 1;
      if (entry.left <= 0) rules.delete(entry);
      effects.push(entry.rule.effect);
    }
    return effects;
  };

  return {
    /** Returns the rule's removal. */
    add: (rule: FaultRule): (() => void) => {
      const entry = { rule, skip: rule.after ?? 0, left: rule.times ?? 1 };
      rules.add(entry);
      return () => void rules.delete(entry);
    },
    clear: (): void => rules.clear(),
    forRequest: (subject: FaultSubject): RequestEffect[] =>
      strike(subject, false).filter((effect): effect is RequestEffect => !isLife(effect)),
    forLife: (subject: FaultSubject): LifeEffect[] => strike(subject, true).filter(isLife),
  };
};

export type Faults = ReturnType<typeof createFaults>;
