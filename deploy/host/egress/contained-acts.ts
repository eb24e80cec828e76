import type { ContainedAct, WallRule } from '../wall-contract.ts';

const ACTS_MAX = 100;

/** What the walls around a machine have stopped since it started; equal acts count together. */
export type ContainedActs = {
  add(act: { rule: WallRule; subject: string; entry: string | null }): void;
  /** A counter of the kernel: the number of acts since the start. */
  count(rule: WallRule, subject: string, count: number): void;
  /** The latest one first. */
  list(): ContainedAct[];
};

export const createContainedActs = (deps: { now: () => Date; log: (text: string) => void }): ContainedActs => {
  const acts = new Map<string, ContainedAct>();
  const put = (rule: WallRule, subject: string, entry: string | null, count: (before: number) => number): void => {
    const key = `${rule} ${subject}`;
    const before = acts.get(key);
    const next = count(before?.count ?? 0);
    if (next === (before?.count ?? 0)) return;
    const at = deps.now().toISOString();
    if (before === undefined) deps.log(`Contained (${rule}): ${subject}.`);
    acts.delete(key);
    acts.set(key, { rule, subject, entry, count: next, firstAt: before?.firstAt ?? at, lastAt: at });
    if (acts.size > ACTS_MAX) acts.delete(acts.keys().next().value ?? '');
  };
  return {
    add: ({ rule, subject, entry }) => put(rule, subject, entry, (before) => before + 1),
    count: (rule, subject, count) => put(rule, subject, null, () => count),
    list: () => [...acts.values()].reverse(),
  };
};
