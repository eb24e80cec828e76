import { usage } from './failure.ts';

export const POLICIES = {
  machine: 'reaches everything that its machine reaches',
  public: 'reaches public addresses and the listed hosts',
  listed: 'reaches the listed hosts alone',
  none: 'reaches nothing',
} as const;

type Policy = keyof typeof POLICIES;

export const isPolicy = (text: string): text is Policy => Object.hasOwn(POLICIES, text);

/** The name of the schema for a policy as it is typed. @throws CliFailure for an unknown one. */
export function parsePolicy(text: string): Uppercase<Policy> {
  if (!isPolicy(text)) throw usage(`There is no policy "${text}". Policies: ${Object.keys(POLICIES).join(', ')}.`);
  return text.toUpperCase() as Uppercase<Policy>; // the names of the schema
}
