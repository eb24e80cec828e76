import type { Prose } from './prose.ts';

/**
 * Habits of writing that make a reader stop, as shares in percent. CONTRIBUTING.md, "How we write", shows the sentence
 * that replaces each. A share may never rise above its limit in limits.json, and a limit never rises.
 */
export const HABITS = {
  /** Share of comments that begin with a noun clause, such as "What the model adds". */
  nounClauses: {
    goal: 3,
    counts: ({ kind }: Prose) => kind === 'comment',
    isFound: (text: string) => /^(?:What|Where|Whether|Who|Whose|Which|Of)\b/.test(text),
  },
  /** Share of comments and texts with a word that plain technical English has no use for. */
  words: {
    goal: 0.3,
    counts: () => true,
    isFound: (text: string) => /\b(?:whoever|nobody|somebody|anew|told|hears|meanwhile)\b/i.test(text),
  },
  /** Share of comments and texts in British spelling. */
  spelling: {
    goal: 0,
    counts: () => true,
    isFound: (text: string) =>
      /\b(?:colour|behaviour|favour|honour|neighbour|centre|licence|grey|fulfil|artefact|catalogue)s?\b|\b(?:analys|organis|normalis|recognis|initialis|serialis|authoris|randomis|summaris|optimis|minimis|synchronis|customis|visualis|categoris|canonicalis|prioritis)(?:e[drs]?|ing|ations?)\b/i.test(
        text.replace(/\banalyses\b/gi, ''),
      ),
  },
} as const;

export type Habit = keyof typeof HABITS;
export const HABIT_NAMES = Object.keys(HABITS) as Habit[];

/** The habits that a comment or text shows. Code in backticks is not language. */
export function habitsOf(prose: Prose): Habit[] {
  const text = prose.text.replace(/`[^`]*`/g, '`code`');
  return HABIT_NAMES.filter((name) => HABITS[name].counts(prose) && HABITS[name].isFound(text));
}
