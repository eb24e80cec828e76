import { usage } from './failure.ts';

export type Assignment = { name: string; value: string };

/** `NAME=VALUE`; with `environment` also `NAME` alone, which takes its value from there. */
export function parseAssignment(option: string, text: string, environment?: NodeJS.ProcessEnv): Assignment {
  const at = text.indexOf('=');
  if (at > 0) return { name: text.slice(0, at), value: text.slice(at + 1) };
  if (at === 0 || text === '') throw usage(`${option} needs a name.`, `Write ${option} NAME=VALUE.`);
  if (!environment) throw usage(`${option} ${text} has no value.`, `Write ${option} ${text}=VALUE.`);
  const value = environment[text];
  if (value === undefined) {
    throw usage(
      `The variable ${text} is not set in this environment.`,
      `Set it first, or write ${option} ${text}=VALUE.`,
    );
  }
  return { name: text, value };
}

/** The words before and after the first `--`; `rest` is null without one. */
export function splitAtDashes(words: readonly string[]): { own: string[]; rest: string[] | null } {
  const at = words.indexOf('--');
  return at < 0 ? { own: [...words], rest: null } : { own: words.slice(0, at), rest: words.slice(at + 1) };
}

export function parseCount(option: string, text: string, max: number, min = 0): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= min && number <= max && text.trim() !== '') return number;
  throw usage(`${option} ${text} is not a number between ${min} and ${max}.`);
}
